#include "simulator/parts/event_feed.h"

#include <set>
#include <utility>

#include "core/json_writer.h"

namespace terapi::simulator {
namespace {

// Pages that wait: the oldest is answered when there is one more, and comes again.
constexpr std::size_t kMostWaiting = 64;

// The lists of the control API that show a topic, by topic.
using Names = std::array<std::string_view, 7>;
constexpr std::array<Names, kTopics> kNames = {
    {{"logs"},
     {"requests", "advisories"},
     {"deliveries", "advisories"},
     {"schedules"},
     {"streams"},
     {"upstream"},
     {"world", "environment", "faults", "integrations", "schedules", "upstream", "snapshots"},
     {"clock"}}};

}  // namespace

void EventFeed::wait(std::uint64_t last_seen, Send send) {
  // A number of another process, or of none: whatever it was, it is not the latest.
  if (last_seen > revision_) last_seen = 0;
  if (last_seen != revision_) return send(event(last_seen));
  waiting_.push_back({last_seen, std::move(send)});
  if (waiting_.size() <= kMostWaiting) return;
  const Waiting oldest = std::move(waiting_.front());
  waiting_.pop_front();
  oldest.send(event(oldest.last_seen));
}

void EventFeed::publish(const Counts& counts) {
  if (counts == counts_) return;
  ++revision_;
  for (std::size_t i = 0; i < kTopics; ++i) {
    if (counts[i] != counts_[i]) changed_in_[i] = revision_;
  }
  counts_ = counts;
  send_all();
}

void EventFeed::end() { send_all(); }

void EventFeed::send_all() {
  for (const Waiting& each : std::exchange(waiting_, {})) each.send(event(each.last_seen));
}

std::string EventFeed::event(std::uint64_t last_seen) const {
  std::set<std::string_view> changed;
  for (std::size_t i = 0; i < kTopics; ++i) {
    if (last_seen != 0 && changed_in_[i] <= last_seen) continue;
    for (const std::string_view name : kNames[i]) {
      if (!name.empty()) changed.insert(name);
    }
  }
  core::json::Writer data;
  data.begin_object().key("changed").begin_array();
  for (const std::string_view name : changed) data.string(name);
  data.end_array().end_object();
  return "retry: 250\nid: " + std::to_string(revision_) + "\ndata: " + data.take() + "\n\n";
}

}  // namespace terapi::simulator
