#include "core/timer.h"

#include <gtest/gtest.h>

#include <memory>

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

class TimerTest : public testing::Test {
 protected:
  VirtualClock clock_;
  Timer timer_{clock_};
  int runs_ = 0;
};

TEST_F(TimerTest, RunsItsActionOnceWhenItIsDue) {
  timer_.set(10s, [this] { ++runs_; });
  EXPECT_TRUE(timer_.is_set());
  clock_.advance_by(9s);
  EXPECT_EQ(runs_, 0);
  clock_.advance_by(1min);
  EXPECT_EQ(runs_, 1);
  EXPECT_FALSE(timer_.is_set());
}

TEST_F(TimerTest, ForgetsWhatItWasSetToWhenItIsSetAgain) {
  timer_.set(10s, [this] { runs_ += 100; });
  timer_.set(20s, [this] { ++runs_; });
  clock_.advance_by(15s);
  EXPECT_EQ(runs_, 0);
  clock_.advance_by(15s);
  EXPECT_EQ(runs_, 1);
}

TEST_F(TimerTest, MayBeSetAgainByItsOwnAction) {
  timer_.set(10s, [this] {
    EXPECT_FALSE(timer_.is_set());
    timer_.set(10s, [this] { ++runs_; });
  });
  clock_.advance_by(20s);
  EXPECT_EQ(runs_, 1);
}

TEST_F(TimerTest, DoesNothingAfterItWasCancelledOrIsGone) {
  timer_.set(10s, [this] { ++runs_; });
  timer_.cancel();
  EXPECT_FALSE(timer_.is_set());
  {
    Timer other(clock_);
    other.set(10s, [this] { ++runs_; });
  }
  EXPECT_EQ(clock_.pending(), 0U);
  clock_.advance_by(1min);
  EXPECT_EQ(runs_, 0);
}

}  // namespace
}  // namespace terapi::core
