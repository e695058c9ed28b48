// SystemClock: the machine's time, and timers on an EventLoop.
//
// now() is the system's time of day. Waiting is monotonic: a timer that is 5 s away runs after 5 s
// of real time, also when somebody sets the machine's clock meanwhile. All pending timers share
// one operating system timer, so a hundred thousand of them cost nothing but memory.
//
// now() stays within two milliseconds of the system's time; between corrections it is smooth, so
// that timers of one due time run in the order in which they were set.
//
// Thread rule: the loop's thread (or, before run(), the thread that sets things up). Timers run
// inside EventLoop::run() or poll(), never inside at().
//
//   EventLoop loop;
//   loop.clock().at(loop.clock().now() + 100ms, [&] { loop.stop(); });
//   loop.run();
#pragma once

#include <functional>
#include <memory>

#include "core/clock.h"

namespace terapi::core {

class EventLoop;

class SystemClock final : public Clock {
 public:
  // `system_time` in place of the machine's time of day: steady_time(), or for tests of what
  // happens when the machine's clock is set.
  explicit SystemClock(EventLoop& loop, std::function<Time()> system_time = {});
  // The time of day as it is now, and from now on by the steady clock.
  static std::function<Time()> steady_time();
  ~SystemClock() override;
  SystemClock(const SystemClock&) = delete;
  SystemClock& operator=(const SystemClock&) = delete;

  Time now() const override;
  TimerId at(Time due, std::function<void()> action) override;
  bool cancel(TimerId timer) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace terapi::core
