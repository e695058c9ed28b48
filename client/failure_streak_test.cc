#include "client/failure_streak.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

const core::Error kTimeout{"timeout", "no answer in time"};
const core::Error kBroken{"broken_record", "it ends within a string"};
const std::optional<std::string> kCursor = "c7";

class FailureStreakTest : public testing::Test {
 protected:
  static SyncOptions options() {
    SyncOptions options;
    // The first wait is exactly a second.
    options.backoff = {.first = 1s, .cap = 60s, .least = 1s};
    options.give_up = 10min;
    return options;
  }
  // Of twenty.
  core::Duration longest_wait(const FailureStreak::Failure& failure) {
    core::Duration longest{0};
    for (int i = 0; i < 20; ++i) longest = std::max(longest, streak_.add(failure).value_or(0s));
    return longest;
  }

  core::VirtualClock clock_;
  FailureStreak streak_{options(), clock_, core::Random(1)};
};

TEST_F(FailureStreakTest, WaitsLongerEachTimeUntilSomethingWorks) {
  EXPECT_EQ(streak_.add({kTimeout, kCursor}).value_or(0s), core::Duration(1s));
  EXPECT_GT(longest_wait({kTimeout, kCursor}), 30s);
  streak_.end();
  EXPECT_EQ(streak_.add({kTimeout, kCursor}).value_or(0s), core::Duration(1s));
}

TEST_F(FailureStreakTest, BeginsAnewWhenSomeRecordsWereStoredInBetween) {
  EXPECT_GT(longest_wait({kTimeout, kCursor}), 30s);
  EXPECT_EQ(streak_.add({.error = kTimeout, .cursor = kCursor, .records = 100}).value_or(0s),
            core::Duration(1s));
  EXPECT_GT(longest_wait({.error = kTimeout, .cursor = kCursor, .records = 100}), 30s);
}

// It stored again what was there.
TEST_F(FailureStreakTest, GoesOnWhenAFullReadEndsAtACursorThatIsNotTaken) {
  const core::Error refused{"invalid_cursor", "it does not decode"};
  core::Duration longest{0};
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const auto delay = streak_.add({.error = refused, .cursor = kCursor, .records = i * 100});
    longest = std::max(longest, delay.value_or(0s));
  }
  EXPECT_GT(longest, 30s);
}

TEST_F(FailureStreakTest, WaitsAsTheServerAsks) {
  const auto delay = streak_.add({.error = kTimeout, .cursor = kCursor, .retry_after = 2min});
  ASSERT_TRUE(delay);
  EXPECT_GE(*delay, 2min);
  EXPECT_LE(*delay, 2min + 1s);
}

TEST_F(FailureStreakTest, PausesWhenAnotherWorkerWasFasterButLosesNoPatience) {
  const core::Error moved{"moved_elsewhere", ""};
  const FailureStreak::Failure overtaken{.error = moved, .cursor = kCursor, .overtaken = true};
  const auto delay = streak_.add(overtaken);
  ASSERT_TRUE(delay);
  EXPECT_GE(*delay, options().backoff.least_retry_after);
  EXPECT_LE(*delay, options().backoff.least_retry_after + 1s);
  clock_.advance_by(1h);
  EXPECT_TRUE(streak_.add(overtaken));
}

TEST_F(FailureStreakTest, GivesUpWhenItHasFailedForAsLongAsItMay) {
  EXPECT_TRUE(streak_.add({kTimeout, kCursor}));
  clock_.advance_by(10min);
  const auto delay = streak_.add({kTimeout, kCursor});
  ASSERT_FALSE(delay);
  EXPECT_EQ(delay.error(), (core::Error{"gave_up", "still failing after 10m: no answer in time"}));
}

TEST_F(FailureStreakTest, HoldsTheRecordForBrokenWhenItAloneBreaksTenTimes) {
  const FailureStreak::Failure broken{.error = kBroken, .cursor = kCursor, .single_record = true};
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(streak_.add(broken)) << i;
  const auto delay = streak_.add(broken);
  ASSERT_FALSE(delay);
  EXPECT_EQ(delay.error().code, "poison_record");
  EXPECT_EQ(delay.error().message,
            "the record after cursor c7 comes broken each time: it ends within a string");
}

TEST_F(FailureStreakTest, HoldsARecordThatIsNamedForBrokenAfterFiveTimes) {
  const FailureStreak::Failure broken{.error = kBroken, .cursor = kCursor, .record = "7"};
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(streak_.add(broken)) << i;
  const auto delay = streak_.add(broken);
  ASSERT_FALSE(delay);
  EXPECT_EQ(delay.error().code, "poison_record");
}

TEST_F(FailureStreakTest, GoesOnWhenPagesHaveGoneRound) {
  const core::Error circle{kPagingCircle, "one more ends with record 7"};
  core::Duration longest{0};
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const auto delay = streak_.add({.error = circle, .cursor = kCursor, .records = i * 100});
    longest = std::max(longest, delay.value_or(0s));
  }
  EXPECT_GT(longest, 30s);
}

TEST_F(FailureStreakTest, BlamesNoRecordWhileSomethingElseFailsOrPagesMayShrink) {
  for (int i = 0; i < 40; ++i) {
    EXPECT_TRUE(streak_.add({.error = kBroken, .cursor = kCursor}));
    EXPECT_TRUE(streak_.add(
        {.error = i % 2 == 0 ? kBroken : kTimeout, .cursor = kCursor, .single_record = true}));
  }
}

}  // namespace
}  // namespace terapi::client
