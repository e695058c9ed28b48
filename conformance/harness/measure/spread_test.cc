#include "conformance/harness/measure/spread.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

TEST(Spread, HasTheMiddleOfItsRoundsAndItsEnds) {
  const Spread spread = spread_of({30, 10, 80});
  EXPECT_EQ(spread.median, 30);
  EXPECT_EQ(spread.least, 10);
  EXPECT_EQ(spread.most, 80);
  EXPECT_EQ(spread.rounds, 3u);
  EXPECT_DOUBLE_EQ(spread.share(), 50.0 / 30);
}

TEST(Spread, OfAnEvenNumberTheMiddleIsBetweenTwo) {
  EXPECT_EQ(spread_of({1, 2, 4, 100}).median, 3);
}

TEST(Spread, OneRoundTellsNothingOfHowMuchItVaries) {
  EXPECT_EQ(spread_of({7}).median, 7);
  EXPECT_EQ(spread_of({7}).share(), 0);
  EXPECT_EQ(spread_of({0, 0}).share(), 0);
}

TEST(Percentile, IsTheNearestRank) {
  std::vector<double> values;
  for (int i = 200; i > 0; --i) values.push_back(i);
  EXPECT_EQ(percentile(values, 50), 100);
  EXPECT_EQ(percentile(values, 99), 198);
  EXPECT_EQ(percentile(values, 100), 200);
  EXPECT_EQ(percentile(values, 0.001), 1);
}

TEST(Percentile, OfFewValuesTheHighestOnesAreTheGreatest) {
  EXPECT_EQ(percentile({3, 1, 2}, 99), 3);
  EXPECT_EQ(percentile({3, 1, 2}, 50), 2);
  EXPECT_EQ(percentile({5}, 50), 5);
}

}  // namespace
}  // namespace terapi::conformance
