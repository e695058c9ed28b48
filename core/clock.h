// Clock: what time it is, and what is to happen later. Everything that waits does so on one of
// these.
//
// Two implementations: VirtualClock below, whose time stands still until it is told to move, and
// SystemClock (core/system/system_clock.h), which is the machine's.
//
// Thread rule: a clock and the callbacks of its timers belong to one thread (the driver's).
//
//   clock.at(clock.now() + 100ms, [&] { retry(); });
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace terapi::core {

using Duration = std::chrono::microseconds;
// Microseconds since 1970-01-01T00:00:00Z, which is all the precision that the API has.
using Time = std::chrono::sys_time<Duration>;

// Names one timer of one clock; 0 is never given out.
using TimerId = std::uint64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  // Runs `action` once, at `due` or as soon after as the clock can. A time that has passed means
  // "next". Timers run in the order of (due, order of this call). Never runs it inside this call.
  virtual TimerId at(Time due, std::function<void()> action) = 0;
  // True when the timer was still waiting; it will not run then.
  virtual bool cancel(TimerId timer) = 0;
};

// Timers ordered by (due, sequence): the part that both clocks share.
class TimerQueue {
 public:
  TimerId add(Time due, std::function<void()> action);
  bool cancel(TimerId timer);
  std::optional<Time> next_due() const;
  // Takes out the first timer if it is due at `now`; the caller runs it.
  std::optional<std::function<void()>> take_due(Time now);
  std::size_t size() const { return by_due_.size(); }
  void clear();

 private:
  using Key = std::pair<Time, TimerId>;
  std::map<Key, std::function<void()>> by_due_;
  std::unordered_map<TimerId, Time> due_of_;
  TimerId last_id_ = 0;
};

// Time that moves only when told to.
class VirtualClock final : public Clock {
 public:
  // 2024-01-01T00:00:00Z, where every virtual world begins.
  static Time start_of_time();

  explicit VirtualClock(Time now = start_of_time()) : now_(now) {}
  Time now() const override { return now_; }
  TimerId at(Time due, std::function<void()> action) override;
  bool cancel(TimerId timer) override { return timers_.cancel(timer); }

  std::optional<Time> next_due() const { return timers_.next_due(); }
  std::size_t pending() const { return timers_.size(); }
  // Runs the first timer that is due at or before `limit`, moving time to its due time (never
  // back). False, and nothing moved, when there is none.
  bool run_next(Time limit);
  // Runs everything that is due up to `to`, in order, then stands at `to`.
  void advance_to(Time to);
  void advance_by(Duration by) { advance_to(now_ + by); }
  // Sets the time without running anything: for restoring a stored state.
  void set(Time now) { now_ = now; }

 private:
  Time now_;
  TimerQueue timers_;
};

}  // namespace terapi::core
