// Known-bad servers: each scenario fails the mutants that it names, and each mutant is named by
// one.
#include <gtest/gtest.h>

#include <set>

#include "conformance/harness/server_mutant.h"
#include "conformance/harness/server_play.h"
#include "conformance/harness/server_scenario_files.h"
#include "conformance/harness/virtual_stage.h"

namespace terapi::conformance {
namespace {

Verdict verdict_on(const Scenario& scenario, const ServerMutant& mutant) {
  const auto stage = VirtualStage::make(terapi_dialect(), scenario.seed, &mutant);
  if (!stage) return Verdict::kError;
  return play_server(scenario, **stage).verdict;
}

TEST(ServerKills, AreWhatEachScenarioSays) {
  std::set<std::string> killed;
  for (const std::string& file : server_scenario_files()) {
    const auto scenario = server_scenario(file);
    ASSERT_TRUE(scenario) << scenario.error().message;
    for (const std::string& id : scenario->kills) {
      const ServerMutant* mutant = find_server_mutant(id);
      ASSERT_NE(mutant, nullptr) << file << " names " << id;
      EXPECT_EQ(verdict_on(*scenario, *mutant), Verdict::kFail) << file << " lets pass " << id;
      killed.insert(id);
    }
  }
  for (const ServerMutant& mutant : server_mutants()) {
    EXPECT_TRUE(killed.contains(std::string(mutant.id))) << "no scenario names " << mutant.id;
  }
}

}  // namespace
}  // namespace terapi::conformance
