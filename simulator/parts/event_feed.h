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

class EventFeed {
 public:
  // How far each thing has come; any number that moves when it changes.
  struct Counts {
    std::uint64_t logs = 0;
    std::uint64_t requests = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t runs = 0;
    std::uint64_t records = 0;
    std::uint64_t settings = 0;
    std::int64_t now = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
  };
  using Send = std::function<void(std::string)>;

  // Sends the event that comes after `last_seen` (0: any), now or when there is one.
  void wait(std::uint64_t last_seen, Send send);
  // Where things stand; sends to those who wait when that is news.
  void publish(const Counts& counts);
  // Sends to all who wait, news or not: nothing more will come.
  void end();

 private:
  std::string event() const;
  void send_all();

  Counts counts_;
  std::uint64_t revision_ = 1;
  std::deque<Send> waiting_;
};

}  // namespace terapi::simulator
