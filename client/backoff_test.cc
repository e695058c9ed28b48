#include "client/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
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

// Full jitter is uniform: each tenth of the range gets its tenth of the waits.
TEST(Backoff, IsUniformWithinItsRange) {
  core::Random random(7);
  std::vector<int> tenths(10, 0);
  for (int i = 0; i < 20'000; ++i) {
    Backoff backoff({.first = 1050ms, .least = 50ms});
    const auto into_range = (backoff.next(random) - 50ms).count();
    ++tenths[std::min<std::size_t>(9, static_cast<std::size_t>(into_range / 100'000))];
  }
  // 2,000 each; the standard deviation is 42.
  for (const int count : tenths) EXPECT_NEAR(count, 2'000, 250);
}

TEST(Backoff, GrowsByItsFactor) {
  core::Random random(8);
  for (const auto& [factor, most] : {std::pair{1U, 100ms}, std::pair{3U, 900ms}}) {
    core::Duration longest(0);
    for (int i = 0; i < 2'000; ++i) {
      Backoff backoff({.first = 100ms, .factor = factor});
      (void)backoff.next(random);
      (void)backoff.next(random);
      longest = std::max(longest, backoff.next(random));
    }
    EXPECT_LE(longest, most);
    EXPECT_GT(longest, most * 9 / 10);
  }
}

TEST(Backoff, OptionsThatMakeNoSenseStillGiveAWait) {
  core::Random random(9);
  const core::Duration endless = core::Duration::max();
  for (const Backoff::Options& options :
       {Backoff::Options{.first = endless, .cap = endless, .least = endless},
        Backoff::Options{.cap = endless, .factor = 4'000'000'000U},
        Backoff::Options{.cap = endless, .least_retry_after = endless, .most_retry_after = endless},
        Backoff::Options{.first = 0s, .cap = 0s, .factor = 0},
        Backoff::Options{.first = -1s, .cap = core::Duration::min()},
        Backoff::Options{.least_retry_after = 2s, .most_retry_after = 1s}}) {
    Backoff backoff(options);
    for (int i = 0; i < 200; ++i) {
      ASSERT_GE(backoff.next(random), 50ms);
      ASSERT_GE(backoff.next(random, core::Duration::min()), 1s);
      ASSERT_GE(backoff.next(random, endless), 1s);
    }
  }
}

TEST(Backoff, ALongCapIsReachedAndNotMore) {
  core::Random random(10);
  Backoff backoff({.cap = core::Duration::max()});
  core::Duration longest(0);
  for (int i = 0; i < 200; ++i) longest = std::max(longest, backoff.next(random));
  EXPECT_GT(longest, 24h * 365);
}

TEST(Backoff, AHugeFactorLeadsToTheCap) {
  core::Random random(11);
  core::Duration longest(0);
  for (int i = 0; i < 200; ++i) {
    Backoff backoff({.first = 24h * 3000, .cap = 24h * 3600, .factor = 4'294'967'295U});
    (void)backoff.next(random);
    longest = std::max(longest, backoff.next(random));
  }
  EXPECT_GT(longest, 24h * 3400);
  EXPECT_LE(longest, 24h * 3600);
}

TEST(Backoff, TheCapHoldsForTheFirstWait) {
  core::Random random(12);
  for (int i = 0; i < 100; ++i) {
    Backoff backoff({.first = 5s, .cap = 1s});
    EXPECT_LE(backoff.next(random), 1s);
  }
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

TEST(Backoff, SpreadsThoseWhoWereAskedToWaitAlike) {
  core::Random random(5);
  core::Duration least = 24h;
  core::Duration most(0);
  for (int worker = 0; worker < 1'000; ++worker) {
    Backoff backoff({});
    const core::Duration wait = backoff.next(random, 60s);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_GE(least, 60s);
  EXPECT_LE(most, 61s);
  EXPECT_GT(most - least, 900ms);
}

TEST(Backoff, ARetryAfterCountsAsAnAttempt) {
  core::Random random(6);
  Backoff backoff({});
  EXPECT_EQ(backoff.attempts(), 0U);
  (void)backoff.next(random, 1s);
  (void)backoff.next(random);
  EXPECT_EQ(backoff.attempts(), 2U);
  backoff.reset();
  EXPECT_EQ(backoff.attempts(), 0U);
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
