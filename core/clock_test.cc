#include "core/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/random.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(VirtualClock, BeginsWhereEveryVirtualWorldBegins) {
  const VirtualClock clock;
  EXPECT_EQ(clock.now().time_since_epoch(), 1704067200s);
}

TEST(VirtualClock, RunsTimersByDueTimeThenByOrderOfSetting) {
  VirtualClock clock;
  std::vector<std::string> ran;
  const Time start = clock.now();
  clock.at(start + 2s, [&] { ran.emplace_back("2a"); });
  clock.at(start + 1s, [&] { ran.emplace_back("1a"); });
  clock.at(start + 2s, [&] { ran.emplace_back("2b"); });
  clock.at(start + 1s, [&] { ran.emplace_back("1b"); });
  clock.at(start - 1s, [&] { ran.emplace_back("past"); });
  clock.advance_by(3s);
  EXPECT_THAT(ran, ElementsAre("past", "1a", "1b", "2a", "2b"));
  EXPECT_EQ(clock.now(), start + 3s);
}

TEST(VirtualClock, NeverRunsInsideAt) {
  VirtualClock clock;
  bool ran = false;
  clock.at(clock.now() - 1h, [&] { ran = true; });
  clock.at(clock.now(), [&] { ran = true; });
  EXPECT_FALSE(ran);
  EXPECT_EQ(clock.pending(), 2U);
  clock.advance_by(0s);
  EXPECT_TRUE(ran);
}

TEST(VirtualClock, ShowsEachTimerItsOwnDueTime) {
  VirtualClock clock;
  const Time start = clock.now();
  std::vector<Duration> seen;
  for (const Duration due : {300ms, 100ms, 200ms}) {
    clock.at(start + due, [&] { seen.push_back(clock.now() - start); });
  }
  clock.advance_by(1s);
  EXPECT_THAT(seen, ElementsAre(100ms, 200ms, 300ms));
}

TEST(VirtualClock, RunsTimersSetByTimers) {
  VirtualClock clock;
  const Time start = clock.now();
  std::vector<Duration> seen;
  std::function<void()> again = [&] {
    seen.push_back(clock.now() - start);
    clock.at(clock.now() + 400ms, again);
  };
  clock.at(start, again);
  clock.advance_by(1s);
  EXPECT_THAT(seen, ElementsAre(0ms, 400ms, 800ms));
  EXPECT_EQ(clock.next_due(), start + 1200ms);
  EXPECT_EQ(clock.now(), start + 1s);
}

TEST(VirtualClock, RunsWhatATimerSetsForThePastNextAndNeverGoesBack) {
  VirtualClock clock;
  const Time start = clock.now();
  std::vector<std::string> ran;
  clock.at(start + 1s, [&] {
    ran.emplace_back("first");
    clock.at(start, [&] {
      ran.emplace_back("past");
      EXPECT_EQ(clock.now(), start + 1s);
    });
  });
  clock.at(start + 2s, [&] { ran.emplace_back("second"); });
  clock.advance_by(5s);
  EXPECT_THAT(ran, ElementsAre("first", "past", "second"));
  clock.advance_to(start);
  EXPECT_EQ(clock.now(), start + 5s);
}

TEST(VirtualClock, CancelsOnceAndOnlyWhatWaits) {
  VirtualClock clock;
  bool ran = false;
  const TimerId timer = clock.at(clock.now() + 1s, [&] { ran = true; });
  EXPECT_NE(timer, 0U);
  EXPECT_TRUE(clock.cancel(timer));
  EXPECT_FALSE(clock.cancel(timer));
  EXPECT_FALSE(clock.cancel(0));
  EXPECT_FALSE(clock.cancel(12345));
  clock.advance_by(2s);
  EXPECT_FALSE(ran);
  TimerId own = 0;
  own = clock.at(clock.now(), [&] { EXPECT_FALSE(clock.cancel(own)) << "it is running"; });
  clock.advance_by(0s);
  EXPECT_EQ(clock.pending(), 0U);
}

TEST(VirtualClock, LetsATimerCancelAnotherThatIsDueWithIt) {
  VirtualClock clock;
  TimerId second = 0;
  bool ran = false;
  clock.at(clock.now() + 1s, [&] { EXPECT_TRUE(clock.cancel(second)); });
  second = clock.at(clock.now() + 1s, [&] { ran = true; });
  clock.advance_by(1s);
  EXPECT_FALSE(ran);
}

TEST(VirtualClock, RunNextMovesOnlyAsFarAsItHasTo) {
  VirtualClock clock;
  const Time start = clock.now();
  EXPECT_FALSE(clock.run_next(start + 1h));
  EXPECT_EQ(clock.now(), start);
  clock.at(start + 1s, [] {});
  EXPECT_FALSE(clock.run_next(start + 999ms));
  EXPECT_EQ(clock.now(), start);
  EXPECT_TRUE(clock.run_next(start + 1s));
  EXPECT_EQ(clock.now(), start + 1s);
}

TEST(VirtualClock, LetsGoOfWhatItsTimersHeld) {
  VirtualClock clock;
  auto held = std::make_shared<int>(1);
  clock.at(clock.now(), [held] {});
  const TimerId cancelled = clock.at(clock.now(), [held] {});
  clock.cancel(cancelled);
  clock.advance_by(1s);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(VirtualClock, SetRunsNothing) {
  VirtualClock clock;
  bool ran = false;
  clock.at(clock.now() + 1s, [&] { ran = true; });
  clock.set(clock.now() + 1h);
  EXPECT_FALSE(ran);
}

TEST(VirtualClock, AgreesWithASortedListForRandomTimers) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Random random(seed);
    VirtualClock clock;
    const Time start = clock.now();
    std::vector<std::tuple<Duration, int>> expected;
    std::vector<std::tuple<Duration, int>> ran;
    for (int i = 0; i < 60; ++i) {
      const Duration due(random.below(20));
      const TimerId timer = clock.at(start + due, [&ran, due, i] { ran.emplace_back(due, i); });
      if (random.below(4) == 0) {
        EXPECT_TRUE(clock.cancel(timer));
      } else {
        expected.emplace_back(due, i);
      }
    }
    std::sort(expected.begin(), expected.end());
    for (int i = 0; i < 25; ++i) clock.advance_by(Duration(1));
    EXPECT_EQ(ran, expected) << "seed " << seed;
  }
}

TEST(TimerQueue, TakesOnlyWhatIsDueAndForgetsOnClear) {
  TimerQueue queue;
  const Time now = VirtualClock::start_of_time();
  EXPECT_FALSE(queue.next_due());
  const TimerId timer = queue.add(now, [] {});
  EXPECT_FALSE(queue.take_due(now - 1us));
  EXPECT_EQ(queue.size(), 1U);
  EXPECT_TRUE(queue.take_due(now));
  EXPECT_FALSE(queue.take_due(now));
  EXPECT_FALSE(queue.cancel(timer));
  const TimerId cleared = queue.add(now, [] {});
  queue.clear();
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_FALSE(queue.cancel(cleared));
  EXPECT_NE(queue.add(now, [] {}), cleared);
}

}  // namespace
}  // namespace terapi::core
