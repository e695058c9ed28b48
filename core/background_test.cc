#include "core/background.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace terapi::core {
namespace {

TEST(InlineBackground, WorksAtOnceAndReportsThroughTheClock) {
  VirtualClock clock;
  InlineBackground background(clock);
  bool worked = false;
  int reported = 0;
  run_in(
      background,
      [&] {
        worked = true;
        return 7;
      },
      [&](int value) { reported = value; });
  EXPECT_TRUE(worked);
  EXPECT_EQ(reported, 0);
  clock.advance_by(Duration(0));
  EXPECT_EQ(reported, 7);
}

TEST(InlineBackground, LetsATasksExceptionThrough) {
  VirtualClock clock;
  InlineBackground background(clock);
  EXPECT_THROW(background.run([] { throw std::runtime_error("crash"); }, [] {}),
               std::runtime_error);
  EXPECT_EQ(clock.pending(), 0U);
}

TEST(CountedBackground, TellsWhenNothingIsLeft) {
  VirtualClock clock;
  InlineBackground inline_background(clock);
  CountedBackground background(inline_background);
  int done = 0;
  int idle_at = -1;
  background.run([] {},
                 [&] {
                   ++done;
                   background.run([] {}, [&] { ++done; });  // more comes of it
                 });
  background.when_idle([&] { idle_at = done; });
  EXPECT_EQ(idle_at, -1);
  clock.advance_by(Duration(0));
  EXPECT_EQ(done, 2);
  EXPECT_EQ(idle_at, 2);
}

TEST(CountedBackground, TellsNobodyOnceItIsGone) {
  VirtualClock clock;
  InlineBackground inline_background(clock);
  auto background = std::make_unique<CountedBackground>(inline_background);
  bool told = false;
  background->run([] {}, [&] { told = true; });
  background->when_idle([&] { told = true; });
  background.reset();
  clock.advance_by(Duration(0));
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace terapi::core
