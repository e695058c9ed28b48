#include "conformance/program/quick_choice.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/temporary_folder.h"

namespace terapi::conformance {
namespace {

using Ids = std::vector<std::string>;

TEST(QuickChoice, TakesWhatKillsMostOfWhatIsStillAlive) {
  const Kills kills = {{"a", {"1", "2"}}, {"b", {"1", "2", "3"}}, {"c", {"4"}}, {"d", {"3"}}};
  const QuickChoice choice = choose_quick_scenarios(kills, {}, 60);
  EXPECT_EQ(choice.scenarios, (Ids{"b", "c"}));
  EXPECT_EQ(choice.killed, 4u);
  EXPECT_EQ(choice.mutants, 4u);
}

TEST(QuickChoice, WeighsWhatAScenarioTakes) {
  const Kills kills = {{"slow", {"1", "2", "3"}}, {"one", {"1"}}, {"two", {"2"}}};
  const QuickChoice choice =
      choose_quick_scenarios(kills, {{"slow", 30}, {"one", 1}, {"two", 1}}, 60);
  EXPECT_EQ(choice.scenarios, (Ids{"one", "two", "slow"}));
  EXPECT_EQ(choice.seconds, 32);
}

TEST(QuickChoice, KeepsToItsBudget) {
  const Kills kills = {{"slow", {"1", "2", "3"}}, {"one", {"1"}}};
  const QuickChoice choice = choose_quick_scenarios(kills, {{"slow", 30}, {"one", 20}}, 40);
  EXPECT_EQ(choice.scenarios, (Ids{"slow"}));
  EXPECT_EQ(choice.told(),
            "1 scenarios that kill 3 of the 3 mutants that any scenario kills, in 30 s one after "
            "the other");
}

TEST(QuickChoice, ReadsWhatScenariosTookFromAReport) {
  const core::TemporaryFolder folder;
  const std::string file = folder.file("report.json");
  std::ofstream(file) << R"({"results":[{"scenario":"client/deletes","elapsed_ms":1500}]})";
  const auto costs = costs_in_report(file);
  ASSERT_TRUE(costs) << costs.error().message;
  EXPECT_EQ(costs->at("client/deletes"), 1.5);
  std::ofstream(file) << "{}";
  const auto none = costs_in_report(file);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, file +
                                      ": expected a report of `terapi-conformance client "
                                      "--json`, with results");
  EXPECT_EQ(costs_in_report(folder.file("nothing")).error().code, "no_file");
}

}  // namespace
}  // namespace terapi::conformance
