#include "conformance/harness/stage/patience.h"

#include <gtest/gtest.h>

#include <chrono>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

class Waiting : public testing::Test {
 protected:
  // So much time passes, of which so much was withheld.
  bool over_after(core::Duration time, core::Duration withheld) {
    now_ += time;
    starved_ += withheld;
    return patience_.over(now_);
  }

  core::Time now_{1000s};
  core::Duration starved_{77s};  // of before
  Patience patience_{now_, 10s, [this] { return starved_; }};
};

TEST_F(Waiting, EndsWithTheLimitOnAnIdleMachine) {
  EXPECT_FALSE(over_after(9s, 0s));
  EXPECT_TRUE(over_after(1s, 1ms));
  EXPECT_FALSE(patience_.machine_too_slow());
}

TEST_F(Waiting, GoesOnForAsLongAsTheMachineWithheld) {
  EXPECT_FALSE(over_after(10s, 6s));
  EXPECT_FALSE(over_after(5900ms, 0s));
  EXPECT_TRUE(over_after(100ms, 0s));
  EXPECT_EQ(patience_.withheld(), 6s);
  EXPECT_FALSE(patience_.machine_too_slow());
}

// The judge itself had no processor from the beginning to the end.
TEST_F(Waiting, CountsWhatWasWithheldBeforeItFirstLooks) {
  EXPECT_FALSE(over_after(10100ms, 10s));
  EXPECT_FALSE(over_after(9900ms, 0s));
  EXPECT_TRUE(over_after(200ms, 0s));
}

TEST_F(Waiting, CountsNoMoreThanTheTimeThatPassed) {
  EXPECT_FALSE(over_after(1s, 0s));
  EXPECT_FALSE(over_after(9s, 900s));  // a hundred threads
  EXPECT_FALSE(over_after(9s, 0s));
  EXPECT_TRUE(over_after(1s, 0s));
}

TEST_F(Waiting, EndsOnAMachineThatWithholdsNearlyAllAndSaysSo) {
  EXPECT_FALSE(over_after(1s, 0s));
  int rounds = 0;
  while (!over_after(10s, 9500ms)) ASSERT_LT(++rounds, 100);
  EXPECT_TRUE(patience_.machine_too_slow());
  EXPECT_GE(rounds, 6);
}

TEST(VerdictOnTime, AccusesNobodyOfWhatTheMachineWithheld) {
  EXPECT_EQ(verdict_on_time(5s, 5s, 0s), Verdict::kPass);
  EXPECT_EQ(verdict_on_time(5001ms, 5s, 0s), Verdict::kFail);
  EXPECT_EQ(verdict_on_time(8s, 5s, 3s), Verdict::kInconclusive);
  EXPECT_EQ(verdict_on_time(8s, 5s, 2s), Verdict::kFail);
}

TEST(Patience, WithoutALimitIsOverAtOnceAndAccusesNoMachine) {
  Patience none(core::Time{1000s}, 0s, [] { return core::Duration(0); });
  EXPECT_TRUE(none.over(core::Time{1000s}));
  EXPECT_FALSE(none.machine_too_slow());
}

TEST_F(Waiting, IsNotFooledByASystemThatForgets) {
  EXPECT_FALSE(over_after(1s, 0s));
  EXPECT_TRUE(over_after(9s, -50s));  // threads that are gone
}

}  // namespace
}  // namespace terapi::conformance
