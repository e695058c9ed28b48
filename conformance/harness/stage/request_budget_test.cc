#include "conformance/harness/stage/request_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr core::Time kNoon{core::Duration(1'700'000'000'000'000)};

TEST(RequestBudget, WithoutLimitsNothingWaitsAndNothingEnds) {
  RequestBudget budget({});
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(budget.take(kNoon), 0s);
  EXPECT_EQ(budget.spent(kNoon + 24h), "");
  EXPECT_EQ(budget.asked(), 1'000U);
}

TEST(RequestBudget, SpreadsRequestsEvenly) {
  RequestBudget budget({.per_second = 4});
  EXPECT_EQ(budget.take(kNoon), 0s);
  EXPECT_EQ(budget.take(kNoon), 250ms);
  EXPECT_EQ(budget.take(kNoon), 500ms);
  // Whoever comes late has no claim to what was left.
  EXPECT_EQ(budget.take(kNoon + 10s), 0s);
  EXPECT_EQ(budget.take(kNoon + 10s), 250ms);
}

TEST(RequestBudget, IsSpentAfterSoManyRequests) {
  RequestBudget budget({.requests = 2});
  budget.take(kNoon);
  EXPECT_EQ(budget.spent(kNoon), "");
  budget.take(kNoon);
  EXPECT_THAT(budget.spent(kNoon), HasSubstr("2 requests are made (--max-requests)"));
}

TEST(RequestBudget, IsSpentAfterSoLong) {
  RequestBudget budget({.time = 20min});
  EXPECT_EQ(budget.spent(kNoon + 24h), "");  // it has not begun
  budget.take(kNoon);
  EXPECT_EQ(budget.spent(kNoon + 20min - 1us), "");
  EXPECT_THAT(budget.spent(kNoon + 20min), HasSubstr("20m are over (--max-time)"));
  EXPECT_NE(budget.spent(kNoon), "");  // it stays so
  EXPECT_EQ(budget.lasted(kNoon + 3s), 3s);
}

TEST(RequestBudget, EndsForAReasonAndKeepsTheFirst) {
  RequestBudget budget({});
  budget.end("429 again and again");
  budget.end("later");
  EXPECT_EQ(budget.spent(kNoon), "429 again and again");
}

TEST(RequestBudget, ReadsARate) {
  EXPECT_EQ(*read_rate("5/s"), 5U);
  EXPECT_EQ(*read_rate("12"), 12U);
  for (const char* wrong : {"", "0/s", "-1/s", "1.5/s", "5/m", "fast", "100001/s"}) {
    ASSERT_FALSE(read_rate(wrong)) << wrong;
    EXPECT_THAT(read_rate(wrong).error().message, HasSubstr("expected N/s")) << wrong;
  }
}

}  // namespace
}  // namespace terapi::conformance
