#include "core/random.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace terapi::core {
namespace {

std::vector<std::uint64_t> draws(Random random, int count) {
  std::vector<std::uint64_t> all;
  for (int i = 0; i < count; ++i) all.push_back(random.next());
  return all;
}

TEST(Random, IsDecidedByItsSeed) {
  EXPECT_EQ(draws(Random(42), 100), draws(Random(42), 100));
  EXPECT_NE(draws(Random(42), 4), draws(Random(43), 4));
  EXPECT_EQ(Random(42).seed(), 42U);
  const std::vector<std::uint64_t> all = draws(Random(0), 10000);
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
}

TEST(Random, StreamsDependOnSeedAndNameAlone) {
  Random parent(7);
  const auto before = draws(parent.stream("delivery"), 50);
  for (int i = 0; i < 1000; ++i) parent.next();
  EXPECT_EQ(draws(parent.stream("delivery"), 50), before) << "a draw elsewhere moved the stream";
  EXPECT_NE(draws(parent.stream("deliverz"), 50), before);
  EXPECT_NE(draws(Random(8).stream("delivery"), 50), before);
  EXPECT_NE(draws(Random(7), 50), before);
  EXPECT_NE(draws(parent.stream(""), 50), draws(parent.stream(std::string(1, '\0')), 50));
}

TEST(Random, StreamsShareNothing) {
  const auto one = draws(Random(7).stream("a"), 1000);
  const auto two = draws(Random(7).stream("b"), 1000);
  const std::set<std::uint64_t> seen(one.begin(), one.end());
  for (const std::uint64_t value : two) EXPECT_FALSE(seen.contains(value));
}

TEST(Random, BelowIsUniform) {
  for (const std::uint64_t bound : {2U, 3U, 7U, 10U}) {
    Random random(bound);
    std::vector<int> counts(bound);
    constexpr int kDraws = 70000;
    for (int i = 0; i < kDraws; ++i) {
      const std::uint64_t draw = random.below(bound);
      ASSERT_LT(draw, bound);
      ++counts[draw];
    }
    for (const int count : counts) {
      EXPECT_NEAR(count, kDraws / static_cast<int>(bound), 900) << "bound " << bound;
    }
  }
}

TEST(Random, BelowTakesEveryBound) {
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(random.below(1), 0U);
    EXPECT_LT(random.below(UINT64_MAX), UINT64_MAX);
    EXPECT_LT(random.below((std::uint64_t{1} << 63) + 1), (std::uint64_t{1} << 63) + 1);
  }
}

TEST(Decide, IsStable) {
  for (int i = 0; i < 100; ++i) {
    const std::string event = "event-" + std::to_string(i);
    EXPECT_EQ(decide(5, "rule", event, 500000), decide(5, "rule", event, 500000));
  }
  EXPECT_FALSE(decide(5, "rule", "event", 0));
  EXPECT_TRUE(decide(5, "rule", "event", 1000000));
}

TEST(Decide, StrikesAboutTheRightShareWhateverTheSeed) {
  constexpr int kEvents = 20000;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    for (const std::uint32_t share : {1000U, 100000U, 500000U, 990000U}) {
      int struck = 0;
      for (int i = 0; i < kEvents; ++i) {
        struck += decide(seed, "rule", std::to_string(i), share) ? 1 : 0;
      }
      const double expected = kEvents * (share / 1e6);
      EXPECT_NEAR(struck, expected, 30 + expected * 0.05) << "seed " << seed << " share " << share;
    }
  }
}

TEST(Decide, RulesAndSeedsDecideOnTheirOwn) {
  int same_rule = 0;
  int same_seed = 0;
  constexpr int kEvents = 10000;
  for (int i = 0; i < kEvents; ++i) {
    const std::string event = std::to_string(i);
    const bool base = decide(1, "a", event, 500000);
    same_rule += base == decide(1, "b", event, 500000) ? 1 : 0;
    same_seed += base == decide(2, "a", event, 500000) ? 1 : 0;
  }
  EXPECT_NEAR(same_rule, kEvents / 2, 300);
  EXPECT_NEAR(same_seed, kEvents / 2, 300);
}

TEST(Decide, StrikesMoreWhereMoreIsAskedNeverLess) {
  for (int i = 0; i < 2000; ++i) {
    const std::string event = std::to_string(i);
    if (decide(3, "r", event, 100000)) {
      EXPECT_TRUE(decide(3, "r", event, 200000)) << event;
    }
  }
}

TEST(Hash64, TellsLengthsAndZerosApart) {
  std::set<std::uint64_t> seen;
  for (std::size_t length = 0; length < 64; ++length) {
    EXPECT_TRUE(seen.insert(hash64(0, std::string(length, '\0'))).second) << length;
    EXPECT_TRUE(seen.insert(hash64(0, std::string(length, 'a') + "b")).second) << length;
  }
}

// The numbers are part of what a seed means: another machine, the same world.
TEST(Random, IsTheSameOnEveryMachine) {
  Random random(1);
  const std::vector<std::uint64_t> first = {random.next(), random.next()};
  Random again(1);
  EXPECT_EQ(again.next(), first[0]);
  EXPECT_EQ(again.next(), first[1]);
}

}  // namespace
}  // namespace terapi::core
