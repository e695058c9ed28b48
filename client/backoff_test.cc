#include "client/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesUpToTheCapWithFullJitter) {
  // The longest of many waits, for each attempt.
  std::vector<core::Duration> longest(12, core::Duration(0));
  std::vector<core::Duration> shortest(12, core::Duration(24h));
  core::Random random(1);
  for (int round = 0; round < 2'000; ++round) {
    Backoff backoff({.first = 500ms, .cap = 60s});
    for (std::size_t i = 0; i < longest.size(); ++i) {
      const core::Duration wait = backoff.next(random);
      longest[i] = std::max(longest[i], wait);
      shortest[i] = std::min(shortest[i], wait);
    }
  }
  for (std::size_t i = 0; i < longest.size(); ++i) {
    const core::Duration most = std::min<core::Duration>(60s, 500ms * (1 << i));
    EXPECT_LE(longest[i], most) << i;
    EXPECT_GT(longest[i], most * 95 / 100) << i;
    EXPECT_GE(shortest[i], 50ms) << i;
    EXPECT_LT(shortest[i], most / 10 + 50ms) << i;
  }
}

TEST(Backoff, ManyAttemptsDoNotOverflow) {
  core::Random random(2);
  Backoff backoff({});
  for (int i = 0; i < 10'000; ++i) {
    const core::Duration wait = backoff.next(random);
    ASSERT_GE(wait, 50ms);
    ASSERT_LE(wait, 60s);
  }
  EXPECT_EQ(backoff.attempts(), 10'000U);
}

TEST(Backoff, BeginsAnewAfterASuccess) {
  core::Random random(3);
  Backoff backoff({});
  for (int i = 0; i < 20; ++i) (void)backoff.next(random);
  backoff.reset();
  EXPECT_LE(backoff.next(random), 500ms);
}

TEST(Backoff, ObeysRetryAfterWithinReason) {
  core::Random random(4);
  Backoff backoff({});
  for (int i = 0; i < 100; ++i) {
    const core::Duration zero = backoff.next(random, 0s);
    EXPECT_GE(zero, 1s);
    EXPECT_LE(zero, 1100ms);
    const core::Duration hour = backoff.next(random, 1h);
    EXPECT_GE(hour, 1h);
    EXPECT_LE(hour, 1h + 1s);
    EXPECT_GE(backoff.next(random, core::Duration(-5s)), 1s);
    EXPECT_LE(backoff.next(random, core::Duration(24h * 3650)), 24h + 1s);
  }
}

TEST(Backoff, IsAFunctionOfItsSeed) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    core::Random a(seed);
    core::Random b(seed);
    Backoff first({});
    Backoff second({});
    for (int i = 0; i < 20; ++i) EXPECT_EQ(first.next(a), second.next(b));
  }
}

}  // namespace
}  // namespace terapi::client
