#include "conformance/harness/explore/placements.h"

#include <gtest/gtest.h>

#include <set>

#include "conformance/scenario/scenario_text.h"

namespace terapi::conformance {
namespace {

Scenario story(const std::string& steps) {
  auto scenario = Scenario::parse(
      R"({"id":"client/x","title":"t","why":"w","clauses":["CLIENT-1"],"origin":"o",)"
      R"("judges":"client","given":{"records":[{"connection":"demo","model":"Issue",)"
      R"("items":[{"id":"1"},{"id":"2"},{"id":"3"}]}]},"kills_none":"k",)"
      R"("client":{"poll":"1s","limit":2},"steps":[)" +
          steps + "]}",
      "x.json");
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().message);
  return *std::move(scenario);
}

constexpr const char* kReadsTwoPages = R"({"client":"starts"},{"until":"converged"})";

TEST(Placements, ThereIsOneForEachFaultOfEachCall) {
  const Scenario told = story(kReadsTwoPages);
  const auto places = Placements::of(told, {});
  ASSERT_TRUE(places) << places.error().message;
  EXPECT_EQ(places->faults(), 6U);  // two requests, three ways each
  EXPECT_GT(places->kills(), 6U);   // of the wire and of the store
  EXPECT_EQ(places->combinations(1), places->faults() + places->kills());
  EXPECT_EQ(places->combinations(2), 6 + places->kills() + 15 + 6 * places->kills());
}

TEST(Placements, EachCombinationComesOnce) {
  const Scenario told = story(kReadsTwoPages);
  const auto places = Placements::of(told, {});
  ASSERT_TRUE(places);
  std::set<std::string> texts;
  for (std::uint64_t n = 1; n <= places->combinations(2); ++n) {
    const DrawnSchedule drawn = places->schedule(n, 2);
    texts.insert(drawn.scenario.faults +
                 step_text(drawn.scenario.plan.steps.front(), Subject::kClient));
  }
  EXPECT_EQ(texts.size(), places->combinations(2));
}

TEST(Placements, EveryOneStrikesAndTheReferenceClientGetsOverIt) {
  const Scenario told =
      story(R"({"client":"starts"},{"until":"converged"},{"faults":[]},{"run":{"delete":["1"]}},)"
            R"({"until":"converged"})");
  const auto places = Placements::of(told, {});
  ASSERT_TRUE(places);
  for (std::uint64_t n = 1; n <= places->combinations(1); ++n) {
    const DrawnSchedule drawn = places->schedule(n, 1);
    const Explored explored = explore(drawn.scenario, {});
    EXPECT_FALSE(explored.found())
        << n << (explored.findings.empty() ? "" : explored.findings.front().what);
    const auto& events = explored.history.events();
    EXPECT_TRUE(std::any_of(events.begin(), events.end(), [](const Event& event) {
      return !event.fault.empty();
    })) << scenario_text(drawn.scenario);
  }
}

TEST(Placements, FindAClientWhoseCursorRunsAhead) {
  const Scenario told = story(kReadsTwoPages);
  ExploreOptions options;
  options.mutant = find_client_mutant("cursor-before-records");
  const auto places = Placements::of(told, options);
  ASSERT_TRUE(places);
  std::size_t found = 0;
  for (std::uint64_t n = 1; n <= places->combinations(1); ++n) {
    const DrawnSchedule drawn = places->schedule(n, 1);
    if (explore(drawn.scenario, options).found()) ++found;
  }
  EXPECT_GT(found, 0U);
}

TEST(Placements, AreNoneWhereTheStoryCallsTheServerItself) {
  const Scenario told =
      story(R"({"client":"starts"},{"until":"converged"},{"prune":"1"},{"until":"converged"})");
  EXPECT_FALSE(Placements::of(told, {}));
}

}  // namespace
}  // namespace terapi::conformance
