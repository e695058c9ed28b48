#include "simulator/api/rate_limiter.h"

#include <gtest/gtest.h>

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;

const Time kNow = core::VirtualClock::start_of_time();

Settings limited(std::int64_t requests, Duration per, std::string name = "dev") {
  Settings settings;
  settings.name = std::move(name);
  settings.rate_limit = RateLimit{requests, per};
  return settings;
}

// RATE-1
TEST(RateLimiter, SaysNothingWithoutALimit) {
  RateLimiter limiter;
  EXPECT_FALSE(limiter.count(Settings(), kNow));
}

// RATE-1: the window is fixed; it begins with its first request.
TEST(RateLimiter, CountsInFixedWindows) {
  RateLimiter limiter;
  const Settings settings = limited(2, 10s);
  EXPECT_EQ(limiter.count(settings, kNow)->remaining, 1);
  EXPECT_TRUE(limiter.count(settings, kNow + 9s)->allowed);
  EXPECT_FALSE(limiter.count(settings, kNow + 10s - 1us)->allowed);
  EXPECT_TRUE(limiter.count(settings, kNow + 10s)->allowed);
  EXPECT_EQ(limiter.count(settings, kNow + 19s)->remaining, 0);
}

// RATE-1: whole seconds, rounded up, never 0.
TEST(RateLimiter, RoundsUpAndNeverSaysZero) {
  RateLimiter limiter;
  const Settings settings = limited(1, 1500ms);
  EXPECT_EQ(limiter.count(settings, kNow)->reset_epoch_seconds, 1704067202);
  EXPECT_EQ(limiter.count(settings, kNow + 1us)->retry_after_seconds, 2);
  EXPECT_EQ(limiter.count(settings, kNow + 500ms)->retry_after_seconds, 1);
  EXPECT_EQ(limiter.count(settings, kNow + 1500ms - 1us)->retry_after_seconds, 1);
}

// RATE-1: refused requests do not prolong the wait.
TEST(RateLimiter, RefusedRequestsCostNothing) {
  RateLimiter limiter;
  const Settings settings = limited(1, 10s);
  limiter.count(settings, kNow);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.count(settings, kNow + 5s)->remaining, 0);
  EXPECT_TRUE(limiter.count(settings, kNow + 10s)->allowed);
}

TEST(RateLimiter, CountsEachEnvironmentAloneAndForgets) {
  RateLimiter limiter;
  EXPECT_TRUE(limiter.count(limited(1, 10s, "a"), kNow)->allowed);
  EXPECT_TRUE(limiter.count(limited(1, 10s, "b"), kNow)->allowed);
  EXPECT_FALSE(limiter.count(limited(1, 10s, "a"), kNow)->allowed);
  limiter.clear();
  EXPECT_TRUE(limiter.count(limited(1, 10s, "a"), kNow)->allowed);
}

// A restored snapshot may set the clock back.
TEST(RateLimiter, StartsAnewWhenTimeWentBack) {
  RateLimiter limiter;
  limiter.count(limited(1, 10s), kNow + 1h);
  EXPECT_TRUE(limiter.count(limited(1, 10s), kNow)->allowed);
}

}  // namespace
}  // namespace terapi::simulator
