// Known-bad servers: each scenario fails the mutants that it names, and each mutant is named by
// one.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
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

TEST(ServerKills, PrintsTheMatrix) {
  if (std::getenv("TERAPI_MATRIX") == nullptr) GTEST_SKIP() << "for people: set TERAPI_MATRIX";
  for (const std::string& file : server_scenario_files()) {
    const auto scenario = server_scenario(file);
    ASSERT_TRUE(scenario);
    std::string line;
    for (const ServerMutant& mutant : server_mutants()) {
      const Verdict verdict = verdict_on(*scenario, mutant);
      if (verdict == Verdict::kPass) continue;
      line += " " + std::string(mutant.id);
      if (verdict != Verdict::kFail) line += "(" + std::string(to_string(verdict)) + ")";
    }
    std::printf("%s:%s\n", scenario->id.c_str(), line.c_str());
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace terapi::conformance
