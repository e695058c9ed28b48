#include "simulator/parts/event_feed.h"

#include <utility>

#include "core/json_writer.h"

namespace terapi::simulator {
namespace {

// Pages that wait: the oldest is answered when there is one more, and comes again.
constexpr std::size_t kMostWaiting = 64;

}  // namespace

void EventFeed::wait(std::uint64_t last_seen, Send send) {
  // A number of another process, or of none: whatever it was, it is not the latest.
  if (last_seen != revision_) return send(event());
  waiting_.push_back(std::move(send));
  if (waiting_.size() <= kMostWaiting) return;
  const Send oldest = std::move(waiting_.front());
  waiting_.pop_front();
  oldest(event());
}

void EventFeed::publish(const Counts& counts) {
  if (counts == counts_) return;
  counts_ = counts;
  ++revision_;
  send_all();
}

void EventFeed::end() { send_all(); }

void EventFeed::send_all() {
  for (const Send& send : std::exchange(waiting_, {})) send(event());
}

std::string EventFeed::event() const {
  core::json::Writer data;
  data.begin_object()
      .field("logs", counts_.logs)
      .field("requests", counts_.requests)
      .field("deliveries", counts_.deliveries)
      .field("runs", counts_.runs)
      .field("records", counts_.records)
      .field("settings", counts_.settings)
      .field("now", counts_.now)
      .end_object();
  return "retry: 250\nid: " + std::to_string(revision_) + "\nevent: changed\ndata: " + data.take() +
         "\n\n";
}

}  // namespace terapi::simulator
