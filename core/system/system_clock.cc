#include "core/system/system_clock.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "core/system/event_loop.h"
#include "core/system/event_loop_impl.h"

namespace terapi::core {
namespace {

using Steady = std::chrono::steady_clock;

// The system's clock is slewed all the time; smaller differences than this are not followed, so
// that dues keep their order among each other.
constexpr Duration kTolerance = std::chrono::milliseconds(2);
// Timers that always set another one for "now" may not keep sockets from being served.
constexpr int kTimersPerTurn = 256;

Time machine_time() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace

// The queue is in steady time: what is due at `due` waits under `due - ahead_`, where `ahead_` is
// how far the time of day is ahead of the steady clock. When the time of day jumps, `ahead_`
// follows for what comes after, and what waits already keeps its real duration.
class SystemClock::Impl {
 public:
  Impl(EventLoop& loop, std::function<Time()> system_time)
      : system_time_(std::move(system_time)), wait_(loop.impl().io()) {
    ahead_ = system_time_() - steady_now();
  }

  Time now() {
    const Time steady = steady_now();
    const Time system = system_time_();
    const Duration off = system - (steady + ahead_);
    if (off > kTolerance || off < -kTolerance) ahead_ += off;
    return steady + ahead_;
  }

  TimerId at(Time due, std::function<void()> action) {
    now();  // notices a jump
    // Before 1970 is as much "next" as 1970 is, and can be subtracted from.
    const TimerId id = timers_.add(std::max(due, Time()) - ahead_, std::move(action));
    arm();
    return id;
  }

  bool cancel(TimerId timer) {
    // The wait goes on; it finds nothing to do then.
    return timers_.cancel(timer);
  }

 private:
  static Time steady_now() {
    return Time(std::chrono::duration_cast<Duration>(Steady::now().time_since_epoch()));
  }

  void arm() {
    const std::optional<Time> due = timers_.next_due();
    if (!due || (armed_for_ && *armed_for_ <= *due)) return;
    armed_for_ = due;
    // Not further away than the steady clock can count, however far the due time is.
    const Time latest = steady_now() + std::chrono::hours(24);
    wait_.expires_at(Steady::time_point(
        std::chrono::duration_cast<Steady::duration>(std::min(*due, latest).time_since_epoch())));
    wait_.async_wait([this](const boost::system::error_code& error) {
      if (!error) run_due();
    });
  }

  void run_due() {
    armed_for_.reset();
    const Time until = steady_now();
    for (int i = 0; i < kTimersPerTurn; ++i) {
      const auto action = timers_.take_due(until);
      if (!action) break;
      (*action)();
    }
    arm();
  }

  std::function<Time()> system_time_;
  asio::steady_timer wait_;
  TimerQueue timers_;
  std::optional<Time> armed_for_;
  Duration ahead_{0};
};

SystemClock::SystemClock(EventLoop& loop, std::function<Time()> system_time)
    : impl_(std::make_unique<Impl>(
          loop, system_time ? std::move(system_time) : std::function<Time()>(machine_time))) {}

SystemClock::~SystemClock() = default;

std::function<Time()> SystemClock::steady_time() {
  return [time = machine_time(), began = Steady::now()] {
    return time + std::chrono::duration_cast<Duration>(Steady::now() - began);
  };
}

Time SystemClock::now() const { return impl_->now(); }

TimerId SystemClock::at(Time due, std::function<void()> action) {
  return impl_->at(due, std::move(action));
}

bool SystemClock::cancel(TimerId timer) { return impl_->cancel(timer); }

}  // namespace terapi::core
