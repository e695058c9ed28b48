#include "conformance/harness/stage/slowness.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

// A clock whose thread is kept from its timers: time passes, and they run afterwards.
class HeldUpClock final : public core::Clock {
 public:
  core::Time now() const override { return now_; }
  core::TimerId at(core::Time due, std::function<void()> action) override {
    return timers_.add(due, std::move(action));
  }
  bool cancel(core::TimerId timer) override { return timers_.cancel(timer); }

  void pass(core::Duration time) {
    const core::Time end = now_ + time;
    while (timers_.next_due() && *timers_.next_due() <= end) {
      now_ = std::max(now_, *timers_.next_due());
      (*timers_.take_due(now_))();
    }
    now_ = end;
  }
  void hold_up(core::Duration time) {
    now_ += time;
    while (auto action = timers_.take_due(now_)) (*action)();
  }
  std::size_t timers() const { return timers_.size(); }

 private:
  core::Time now_ = core::VirtualClock::start_of_time();
  core::TimerQueue timers_;
};

TEST(Slowness, IsNoneWhereTimersComeInTime) {
  HeldUpClock clock;
  const Slowness slowness(clock);
  clock.pass(10s);
  EXPECT_EQ(slowness.lost(), 0us);
  EXPECT_EQ(slowness.longest(), 0us);
  EXPECT_EQ(slowness.factor(), 1);
  EXPECT_EQ(slowness.too_slow(), "");
}

TEST(Slowness, CountsWhatTheThreadDidNotGet) {
  HeldUpClock clock;
  const Slowness slowness(clock);
  clock.pass(1s);
  clock.hold_up(620ms);  // of which a look was due after 20 ms
  EXPECT_EQ(slowness.longest(), 600ms);
  clock.pass(1s);
  clock.hold_up(320ms);
  EXPECT_EQ(slowness.lost(), 900ms);
  EXPECT_EQ(slowness.longest(), 600ms);
  EXPECT_EQ(slowness.too_slow(), "");
}

TEST(Slowness, SaysWhyNothingCanBeSaidOfTime) {
  HeldUpClock once;
  const Slowness stopped(once);
  once.hold_up(3s);
  EXPECT_EQ(
      stopped.too_slow(),
      "this machine is too slow to judge by time: a timer of the judge's own came 2980ms late");
  HeldUpClock often;
  const Slowness starved(often);
  for (int i = 0; i < 40; ++i) often.hold_up(100ms);
  EXPECT_GT(starved.factor(), Slowness::kTooLittle);
  EXPECT_EQ(starved.too_slow(),
            "this machine is too slow to judge by time: of 4s the judge's own timers were late for "
            "3200ms");
}

// Who asks from within the work that keeps the timers waiting has to be told the same.
TEST(Slowness, CountsALookThatIsOverdue) {
  core::VirtualClock clock;
  const Slowness slowness(clock);
  clock.set(clock.now() + 2s);
  EXPECT_EQ(slowness.lost(), 1980ms);
  EXPECT_NE(slowness.too_slow(), "");
}

TEST(Slowness, SaysWhetherItIsJustBeingHeldUp) {
  HeldUpClock clock;
  const Slowness slowness(clock);
  clock.pass(1s);
  EXPECT_FALSE(slowness.held_up(300ms));
  clock.hold_up(600ms);
  clock.pass(50ms);
  EXPECT_TRUE(slowness.held_up(300ms)) << "what had to wait is being done";
  EXPECT_FALSE(slowness.held_up(700ms));
  clock.hold_up(150ms);
  EXPECT_TRUE(slowness.held_up(300ms)) << "a little thing does not hide the great one";
  clock.pass(1s);
  EXPECT_FALSE(slowness.held_up(300ms)) << "that is over";
}

TEST(Slowness, LeavesNoTimerBehind) {
  HeldUpClock clock;
  {
    const Slowness slowness(clock);
    clock.pass(1s);
    EXPECT_EQ(clock.timers(), 1U);
  }
  EXPECT_EQ(clock.timers(), 0U);
}

}  // namespace
}  // namespace terapi::conformance
