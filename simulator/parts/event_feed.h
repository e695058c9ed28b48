// EventFeed: tells whoever waits that something has changed, and what: for pages that show it live
// (GET /_simulator/events).
//
// An answer is one server-sent event and ends there: the browser's EventSource comes again by
// itself, says which event it had last, and waits here until there is a newer one. So what happens
// while nobody waits is one event, however much it was.
//
// Thread rule: the simulator's thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace terapi::simulator {

// What may change.
enum class Topic : std::uint8_t {
  kLogs,
  kRequests,
  kDeliveries,
  kRuns,
  kRecords,
  kObjects,  // of external APIs
  kSettings,
  kTime,
};
inline constexpr std::size_t kTopics = 8;

class EventFeed {
 public:
  // How far each has come: any number that moves when it changes. By topic.
  using Counts = std::array<std::uint64_t, kTopics>;
  using Send = std::function<void(std::string)>;

  // Sends the event that comes after `last_seen` (0: any), now or when there is one.
  void wait(std::uint64_t last_seen, Send send);
  // Where things stand; sends to those who wait when that is news.
  void publish(const Counts& counts);
  // Sends to all who wait, news or not: nothing more will come.
  void end();

 private:
  struct Waiting {
    std::uint64_t last_seen = 0;
    Send send;
  };
  // {"changed":["logs","schedules"]}: what has changed since then, by the names of the lists of the
  // control API.
  std::string event(std::uint64_t last_seen) const;
  void send_all();

  Counts counts_{};
  std::array<std::uint64_t, kTopics> changed_in_{};  // the revision
  std::uint64_t revision_ = 1;
  std::deque<Waiting> waiting_;
};

}  // namespace terapi::simulator
