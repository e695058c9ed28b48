// Every scenario that judges a server, beyond what `terapi-conformance reference` plays: on the
// simulator in the other dialect, and on data that is not the scenario's own.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "conformance/harness/play/play_scenario.h"
#include "conformance/harness/play/server_scenario_files.h"
#include "conformance/harness/stage/test_server_stage.h"
#include "conformance/harness/stage/virtual_server_stage.h"
#include "core/json.h"
#include "core/test_places.h"

namespace terapi::conformance {
namespace {

std::string told_of_server(const ScenarioResult& result) {
  std::string text = std::string(to_string(result.verdict)) + " " + result.reason + "\n";
  for (const Finding& finding : result.findings) {
    text += std::string(to_string(finding.verdict)) + " " + finding.clause + ": " + finding.what +
            "\n  expected: " + finding.expected + "\n  actual: " + finding.actual + "\n";
  }
  return text;
}

std::set<std::string> known_failing_in_nango() {
  std::ifstream in(core::source_folder() + "/scenarios/known-failing/nango.jsonc");
  std::ostringstream text;
  text << in.rdbuf();
  const auto list = core::json::Document::parse(text.str(), {.comments = true});
  std::set<std::string> ids;
  if (!list) return ids;
  for (const core::json::Value entry : list->root()["known_failing"].items()) {
    ids.insert(entry["scenario"].string());
  }
  return ids;
}

class ServerScenario : public testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(
    Files, ServerScenario, testing::ValuesIn(server_scenario_files()), [](const auto& tested) {
      std::string name = tested.param;
      std::replace_if(
          name.begin(), name.end(),
          [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
      return name;
    });

TEST_P(ServerScenario, DoesNotFailInTheOtherDialect) {
  const auto scenario = server_scenario(GetParam());
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->id + ".json", GetParam());
  if (!scenario->in_virtual) GTEST_SKIP() << scenario->worlds_why;
  using Begins = VirtualServerStage::Begins;
  const auto stage = VirtualServerStage::make(
      nango_dialect(), {.seed = scenario->seed,
                        .begins = scenario->given.empty() ? Begins::kWithData : Begins::kEmpty});
  ASSERT_TRUE(stage);
  const ScenarioResult result = play_server(*scenario, **stage);
  const bool skipped = result.verdict == Verdict::kSkip && !scenario->speaks("nango");
  // Whether what fails is what is known to, `terapi-conformance reference --dialect nango` tells.
  const bool known = (result.verdict == Verdict::kFail || result.verdict == Verdict::kWarn) &&
                     known_failing_in_nango().contains(scenario->id);
  EXPECT_TRUE(result.verdict == Verdict::kPass || skipped || known) << told_of_server(result);
}

// A right server may choose otherwise, and is right for every seed; `terapi-conformance reference
// --otherwise 1..200` asks for more of them.
TEST_P(ServerScenario, AccusesNobodyWhoIsRightAndChoosesOtherwise) {
  const auto scenario = server_scenario(GetParam());
  ASSERT_TRUE(scenario) << scenario.error().message;
  if (!scenario->in_virtual || !scenario->speaks("terapi")) GTEST_SKIP() << scenario->worlds_why;
  using Begins = VirtualServerStage::Begins;
  // Between them: short pages and none, slow and not, with other words and without.
  for (const std::uint64_t otherwise : {1U, 2U, 3U, 5U, 6U, 8U}) {
    const auto stage = VirtualServerStage::make(
        terapi_dialect(), {.seed = scenario->seed,
                           .begins = scenario->given.empty() ? Begins::kWithData : Begins::kEmpty,
                           .otherwise = otherwise});
    ASSERT_TRUE(stage);
    const ScenarioResult result = play_server(*scenario, **stage, {.told = false});
    EXPECT_EQ(result.verdict, Verdict::kPass)
        << "otherwise " << otherwise << ": " << told_of_server(result);
  }
}

// On data that is not its own it passes, or says why it shows nothing.
TEST_P(ServerScenario, NeverFailsOnOtherData) {
  const auto scenario = server_scenario(GetParam());
  ASSERT_TRUE(scenario) << scenario.error().message;
  TestServerStage stage;
  stage.take_control_away();
  std::vector<std::string> methods;
  stage.tamper([&](const core::Request& request, simulator::Simulator& simulator) {
    methods.push_back(request.method);
    return simulator.handle(request);
  });
  const ScenarioResult result = play_server(*scenario, stage, {.read_only = true});
  EXPECT_TRUE(result.verdict == Verdict::kPass || result.verdict == Verdict::kSkip)
      << told_of_server(result);
  // What takes sockets is not played here.
  EXPECT_EQ(scenario->any_data && scenario->in_virtual, !methods.empty());
  for (const std::string& method : methods) EXPECT_TRUE(method == "GET" || method == "HEAD");
}

}  // namespace
}  // namespace terapi::conformance
