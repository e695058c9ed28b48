// A few scenarios over real HTTP: the program with its sockets and, of the laws, those that an
// in-process simulator answers without them.
#include <gtest/gtest.h>

#include <string>

#include "conformance/harness/play/play_scenario.h"
#include "conformance/harness/play/server_scenario_files.h"
#include "conformance/harness/stage/http_server_stage.h"
#include "core/test_places.h"

namespace terapi::conformance {
namespace {

TEST(ServerScenarioOverHttp, PassesOnTheProgram) {
  const std::string program = core::bin_folder() + "/terapi-simulator";
  auto stage = HttpServerStage::make_with_simulator(program, {}, 1);
  ASSERT_TRUE(stage) << stage.error().message;
  for (const char* id :
       {"server/actions", "server/routes", "webhooks/backoff", "webhooks/never-before-readable",
        "webhooks/redirect-not-followed", "security/hostile-requests", "security/endless-requests",
        "security/body-over-the-limit"}) {
    const auto scenario = server_scenario(std::string(id) + ".json");
    ASSERT_TRUE(scenario) << scenario.error().message;
    const ScenarioResult result = play_server(*scenario, **stage);
    std::string told = result.reason;
    for (const Finding& finding : result.findings) {
      told += "\n" + finding.clause + " " + finding.what + "\n  expected: " + finding.expected +
              "\n  actual: " + finding.actual;
    }
    EXPECT_EQ(result.verdict, Verdict::kPass) << id << ": " << told;
  }
}

}  // namespace
}  // namespace terapi::conformance
