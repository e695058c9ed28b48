#include "conformance/harness/explore/explore_server.h"

#include <gtest/gtest.h>

#include "conformance/harness/explore/explorer.h"
#include "conformance/harness/explore/kept_schedule.h"
#include "conformance/harness/explore/server_draw.h"

namespace terapi::conformance {
namespace {

const std::atomic<bool> kNeverStop{false};

ExplorerOptions drawn_for_servers(const ServerMutant* mutant = nullptr) {
  ExplorerOptions options;
  if (mutant != nullptr) {
    options.stop_at_first = true;
    options.how = [mutant](const Scenario& story) { return explore_server_mutant(story, *mutant); };
  }
  options.draw = [](std::uint64_t seed) { return DrawnSchedule{draw_server_story(seed, {}), {}}; };
  return options;
}

TEST(ServerDraw, DrawsTheSameStoryTwice) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    EXPECT_EQ(server_story_text(seed, {}), server_story_text(seed, {}));
  }
  EXPECT_NE(server_story_text(1, {}), server_story_text(2, {}));
}

TEST(ServerDraw, OnlyReadsWhereItIsTold) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Scenario story = draw_server_story(seed, {.only_reads = true});
    EXPECT_TRUE(story.any_data);
    for (const Step& step : story.plan.steps) EXPECT_TRUE(step.only_reads()) << step.text;
    EXPECT_TRUE(story.given.empty());
  }
}

TEST(ServerDraw, ToldAsUnfairWhenWhatItReliesOnIsLeftOut) {
  const auto story = [](const std::string& steps) {
    auto parsed = Scenario::parse(
        R"({"id":"a/b","title":"t","why":"w","clauses":["REC-1"],"origin":"o","judges":"server",)"
        R"("kills_none":"k","given":{},"steps":[)" +
            steps + "]}",
        "test");
    EXPECT_TRUE(parsed) << parsed.error().message;
    return *std::move(parsed);
  };
  const std::string prune = R"({"prune":{"until":"@r1","model":"A"}})";
  const Scenario whole =
      story(R"({"read":"all","model":"A"},)" + prune + R"(,{"get":{"limit":2}})");
  EXPECT_EQ(server_unfairness(whole, whole), "");
  EXPECT_EQ(server_unfairness(story(R"({"get":{"limit":2}})"), whole), "");
  EXPECT_NE(server_unfairness(story(prune), whole), "");
  EXPECT_NE(server_unfairness(story(R"({"read":"all"},)" + prune), whole), "");
  EXPECT_NE(server_unfairness(story(R"({"get":{"limit":1}})"), whole), "");
  const std::string limit = R"({"settings":{"rate_limit":{"requests":1,"per":"1h"}}},)";
  EXPECT_EQ(server_unfairness(story(limit + R"({"law":"rate-limit"})"), whole), "");
  EXPECT_NE(server_unfairness(story(limit + R"({"law":"order"})"), whole), "");
}

TEST(ExploreServer, FindsNothingInTheSimulator) {
  ExplorerOptions options = drawn_for_servers();
  options.last = 150;
  options.threads = 2;
  const Exploration exploration = Explorer(options).run(kNeverStop, nullptr);
  EXPECT_EQ(exploration.schedules, 150U);
  EXPECT_GT(exploration.requests, 150U * 20);
  for (const auto& [name, failure] : exploration.found) {
    ADD_FAILURE() << name << ", seed " << failure.seed << ": " << failure.finding.what << " "
                  << failure.reason;
  }
  for (const char* word : {"law any-query", "law deliveries", "law rate-limit", "run replace",
                           "receiver timeout", "settings retry", "prune", "upstream update",
                           "sync trigger", "sync reset", "sync empty_cache", "write"}) {
    EXPECT_GT(exploration.steps.stories_with(word), 0U) << word;
  }
}

class FoundServers : public testing::TestWithParam<const char*> {};

// Found without its own scenario; what is kept fails on it in the same way, and not on a right one.
TEST_P(FoundServers, AreFoundAndMadeSmall) {
  const ServerMutant* mutant = find_server_mutant(GetParam());
  ASSERT_NE(mutant, nullptr);
  ExplorerOptions options = drawn_for_servers(mutant);
  options.last = 100;
  const Exploration exploration = Explorer(options).run(kNeverStop, nullptr);
  ASSERT_EQ(exploration.found.size(), 1U);
  const FoundFailure& failure = exploration.found.begin()->second;
  const Scenario drawn = draw_server_story(failure.seed, {});

  KeepOptions keep;
  keep.play.server_mutant = mutant;
  keep.name = "kept";
  keep.again = "explore";
  const KeptSchedule kept = keep_schedule(drawn, failure.finding, keep);
  EXPECT_LE(kept.steps, 6U) << kept.text;
  const auto scenario = Scenario::parse(kept.text, "kept.json");
  ASSERT_TRUE(scenario) << scenario.error().message << "\n" << kept.text;
  EXPECT_EQ(scenario->kills, std::vector<std::string>{GetParam()});
  const Explored on_mutant = explore_server(*scenario, {.server_mutant = mutant});
  ASSERT_EQ(on_mutant.verdict, Verdict::kFail) << kept.text;
  bool same = false;
  for (const Finding& finding : on_mutant.findings) {
    same = same || finding.clause == failure.finding.clause;
  }
  EXPECT_TRUE(same) << kept.text;
  EXPECT_EQ(explore_server(*scenario, {}).verdict, Verdict::kPass) << kept.text;
}

// docs/explore.md has the table.
TEST(ExploreServer, FindsEachMutantSoon) {
  for (const ServerMutant& mutant : server_mutants()) {
    if (!mutant.beyond_chance.empty()) continue;
    ExplorerOptions options = drawn_for_servers(&mutant);
    options.last = 300;
    EXPECT_FALSE(Explorer(options).run(kNeverStop, nullptr).found.empty()) << mutant.id;
  }
}

INSTANTIATE_TEST_SUITE_P(Explore, FoundServers,
                         testing::Values("orders-by-created", "forgets-moved-cursors",
                                         "filter-ignored-with-cursor", "upper-case-signature",
                                         "no-retry-after", "unbounded-backoff",
                                         "second-url-forgotten", "other-environment-visible"));

}  // namespace
}  // namespace terapi::conformance
