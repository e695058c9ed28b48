#include "conformance/harness/explore/explore_one.h"

#include <gtest/gtest.h>

#include "conformance/harness/explore/explorer.h"
#include "conformance/harness/explore/kept_schedule.h"

namespace terapi::conformance {
namespace {

const std::atomic<bool> kGoOn{false};

TEST(ExploreOne, PlaysASeedTheSameTwice) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Explored once = explore_one(seed, {.told = true});
    const Explored again = explore_one(seed, {.told = true});
    ASSERT_FALSE(once.history.events().empty());
    EXPECT_EQ(once.history.trace(), again.history.trace()) << seed;
    EXPECT_EQ(once.verdict, again.verdict);
  }
}

TEST(ExploreOne, WhatIsNotToldHappensAllTheSame) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Explored told = explore_one(seed, {.told = true});
    const Explored untold = explore_one(seed);
    ASSERT_EQ(told.history.events().size(), untold.history.events().size()) << seed;
    for (std::size_t i = 0; i < told.history.events().size(); ++i) {
      EXPECT_EQ(told.history.events()[i].kind, untold.history.events()[i].kind);
      EXPECT_EQ(told.history.events()[i].at, untold.history.events()[i].at);
    }
  }
}

// Two stores, one contract: the client cannot tell them apart, and so nor can the judge.
TEST(ExploreOne, TheSameHappensInMemoryAndInSqlite) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Explored memory = explore_one(seed, {.told = true});
    const Explored sqlite = explore_one(seed, {.sqlite = true, .told = true});
    EXPECT_EQ(memory.history.trace(), sqlite.history.trace()) << seed;
  }
}

TEST(ExploreOne, FindsNothingInTheReferenceClient) {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const Explored explored = explore_one(seed);
    EXPECT_FALSE(explored.found())
        << "seed " << seed << ": "
        << (explored.findings.empty() ? explored.reason : explored.findings.front().what);
  }
}

TEST(ExploreOne, FindsNothingInASmallWorld) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) EXPECT_FALSE(explore_small_world(seed)) << seed;
}

class FoundMutants : public testing::TestWithParam<const char*> {};

// Found without its own scenario; what is kept fails on it in the same way, and not on a right one.
TEST_P(FoundMutants, AreFoundAndMadeSmall) {
  const ClientMutant* mutant = find_client_mutant(GetParam());
  ASSERT_NE(mutant, nullptr);
  ExplorerOptions options;
  options.last = 1'000;
  options.stop_at_first = true;
  options.play.mutant = mutant;
  const Exploration exploration = Explorer(options).run(kGoOn, nullptr);
  ASSERT_EQ(exploration.found.size(), 1U);
  const FoundFailure& failure = exploration.found.begin()->second;
  const DrawnSchedule drawn = draw_schedule(failure.seed, {});

  KeepOptions keep;
  keep.play.mutant = mutant;
  keep.name = "kept";
  keep.again = "explore";
  const KeptSchedule kept = keep_schedule(drawn.scenario, failure.finding, keep);
  EXPECT_LE(kept.steps, 8U) << kept.text;
  EXPECT_LE(kept.steps, drawn.scenario.plan.steps.size());
  const auto scenario = Scenario::parse(kept.text, "kept.json");
  ASSERT_TRUE(scenario) << scenario.error().message << "\n" << kept.text;
  const Explored on_mutant = explore(*scenario, {.mutant = mutant});
  ASSERT_EQ(on_mutant.verdict, Verdict::kFail) << kept.text;
  bool same = false;
  for (const Finding& finding : on_mutant.findings) {
    same = same || (finding.clause == failure.finding.clause &&
                    finding.invariant == failure.finding.invariant);
  }
  EXPECT_TRUE(same) << kept.text;
  EXPECT_EQ(explore(*scenario, {}).verdict, Verdict::kPass) << kept.text;
}

INSTANTIATE_TEST_SUITE_P(Explore, FoundMutants,
                         testing::Values("cursor-before-records", "stops-on-short-page",
                                         "ignores-deletes", "no-polling", "any-signature",
                                         "fetch-per-webhook"));

// docs/explore.md has the table.
TEST(ExploreOne, FindsEachMutantSoon) {
  for (const ClientMutant& mutant : client_mutants()) {
    if (!mutant.beyond_chance.empty()) continue;
    ExplorerOptions options;
    options.last = 500;
    options.threads = 2;
    options.stop_at_first = true;
    options.play.mutant = &mutant;
    EXPECT_FALSE(Explorer(options).run(kGoOn, nullptr).found.empty()) << mutant.id;
  }
}

TEST(KeptSchedule, IsNotMadeSmallerIntoAnotherFailure) {
  ExploreOptions play;
  play.mutant = find_client_mutant("ignores-deletes");
  const DrawnSchedule drawn = draw_schedule(2, {});
  ASSERT_TRUE(explore(drawn.scenario, play).found());
  KeepOptions keep;
  keep.play = play;
  keep.name = "kept";
  keep.again = "explore";
  Finding another;
  another.clause = "CLIENT-6";
  EXPECT_EQ(keep_schedule(drawn.scenario, another, keep).steps, drawn.scenario.plan.steps.size());
}

TEST(Explorer, FindsTheSameWithAnyNumberOfThreads) {
  ExplorerOptions options;
  options.last = 150;
  options.play.mutant = find_client_mutant("ignores-deletes");
  const Exploration alone = Explorer(options).run(kGoOn, nullptr);
  options.threads = 3;
  const Exploration together = Explorer(options).run(kGoOn, nullptr);
  EXPECT_EQ(alone.schedules, 150U);
  EXPECT_EQ(together.schedules, 150U);
  EXPECT_EQ(alone.requests, together.requests);
  ASSERT_FALSE(alone.found.empty());
  ASSERT_EQ(alone.found.size(), together.found.size());
  for (const auto& [name, failure] : alone.found) {
    EXPECT_EQ(together.found.at(name).seed, failure.seed);
    EXPECT_EQ(together.found.at(name).seeds, failure.seeds);
  }
}

TEST(Explorer, PartsPlayEachSeedOnce) {
  ExplorerOptions options;
  options.last = 40;
  options.play.mutant = find_client_mutant("ignores-deletes");
  const Exploration whole = Explorer(options).run(kGoOn, nullptr);
  std::uint64_t schedules = 0;
  std::uint64_t requests = 0;
  options.stride = 3;
  for (options.offset = 0; options.offset < 3; ++options.offset) {
    const Exploration part = Explorer(options).run(kGoOn, nullptr);
    schedules += part.schedules;
    requests += part.requests;
  }
  EXPECT_EQ(schedules, whole.schedules);
  EXPECT_EQ(requests, whole.requests);
}

TEST(Explorer, EndsWhenItIsTold) {
  const std::atomic<bool> stop{true};
  EXPECT_EQ(Explorer({}).run(stop, nullptr).schedules, 0U);
}

TEST(Explorer, StopsAtTheLowestSeedThatFails) {
  ExplorerOptions options;
  options.play.mutant = find_client_mutant("ignores-deletes");
  options.last = 1'000;
  options.stop_at_first = true;
  options.threads = 3;
  const Exploration exploration = Explorer(options).run(kGoOn, nullptr);
  ASSERT_FALSE(exploration.found.empty());
  std::uint64_t lowest = UINT64_MAX;
  for (const auto& [name, failure] : exploration.found) lowest = std::min(lowest, failure.seed);
  for (std::uint64_t seed = 1; seed < lowest; ++seed) {
    EXPECT_FALSE(explore_one(seed, options.play).found()) << seed;
  }
  EXPECT_TRUE(explore_one(lowest, options.play).found());
}

}  // namespace
}  // namespace terapi::conformance
