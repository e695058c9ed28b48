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

}  // namespace
}  // namespace terapi::core
