#include "simulator/webhooks/retry_policy.h"

#include <gtest/gtest.h>

#include <set>

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;

// HOOK-7
TEST(RetryDelay, DoublesFromTheFirstDelay) {
  const RetryPolicy policy;
  const std::vector<Duration> expected = {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms};
  for (int failed = 1; failed <= 6; ++failed) {
    EXPECT_EQ(retry_delay(policy, failed, 1, "id"), expected[static_cast<std::size_t>(failed - 1)]);
  }
}

// HOOK-7: the waits are bounded, whatever the numbers.
TEST(RetryDelay, NeverExceedsTheLongestDelay) {
  RetryPolicy policy;
  policy.max_delay = 1s;
  EXPECT_EQ(retry_delay(policy, 5, 1, "id"), 1s);
  EXPECT_EQ(retry_delay(policy, 1000, 1, "id"), 1s);
  policy = {};
  EXPECT_EQ(retry_delay(policy, 100, 1, "id"), 24h);
  policy.factor_thousandths = 1'000'000;
  policy.first_delay = 23h;
  EXPECT_EQ(retry_delay(policy, 100, 1, "id"), 24h);
}

TEST(RetryDelay, TakesAnyFactor) {
  RetryPolicy policy;
  policy.factor_thousandths = 1500;
  EXPECT_EQ(retry_delay(policy, 3, 1, "id"), 225ms);
  policy.factor_thousandths = 1000;
  EXPECT_EQ(retry_delay(policy, 50, 1, "id"), 100ms);
  policy.first_delay = 0us;
  EXPECT_EQ(retry_delay(policy, 50, 1, "id"), 0us);
}

// HOOK-7: jitter is drawn from the seed alone.
TEST(RetryDelay, DrawsJitterFromSeedDeliveryAndAttempt) {
  RetryPolicy policy;
  policy.first_delay = 1s;
  policy.jitter_thousandths = 500;
  std::set<Duration> drawn;
  for (int i = 0; i < 200; ++i) {
    const std::string id = std::to_string(i);
    const Duration delay = retry_delay(policy, 1, 1, id);
    EXPECT_EQ(delay, retry_delay(policy, 1, 1, id));
    EXPECT_GE(delay, 500ms);
    EXPECT_LE(delay, 1s);
    drawn.insert(delay);
  }
  EXPECT_GT(drawn.size(), 150U);
  EXPECT_NE(retry_delay(policy, 1, 1, "a"), retry_delay(policy, 1, 2, "a"));
  EXPECT_NE(retry_delay(policy, 1, 1, "a") * 2, retry_delay(policy, 2, 1, "a"));
}

TEST(RetryPolicy, StaysWithinItsBoundsWhateverTheFactor) {
  RetryPolicy policy;
  policy.max_delay = std::chrono::hours(24 * 365 * 9'000);
  policy.first_delay = std::chrono::hours(24 * 365 * 8'000);
  policy.factor_thousandths = 1'000'000;
  for (int failed = 1; failed < 50; ++failed) {
    const Duration delay = retry_delay(policy, failed, 1, "d");
    EXPECT_GE(delay, policy.first_delay) << failed;
    EXPECT_LE(delay, policy.max_delay) << failed;
  }
  EXPECT_EQ(retry_delay(policy, 2, 1, "d"), policy.max_delay);
}

}  // namespace
}  // namespace terapi::simulator
