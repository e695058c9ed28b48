// A few scenarios over real HTTP: the program with its sockets and, of the laws, those that an
// in-process simulator answers without them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "conformance/harness/http_stage.h"
#include "conformance/harness/server_play.h"
#include "conformance/harness/server_scenario_files.h"

namespace terapi::conformance {
namespace {

TEST(ServerScenarioOverHttp, PassesOnTheProgram) {
  const std::string program = std::string(TERAPI_BIN_DIR) + "/terapi-simulator";
  if (!std::filesystem::exists(program)) GTEST_SKIP() << "terapi-simulator is not built";
  auto stage = HttpStage::make_with_simulator(program, {}, 1);
  ASSERT_TRUE(stage) << stage.error().message;
  std::vector<std::string> ids = {"server/actions",
                                  "server/routes",
                                  "webhooks/backoff",
                                  "webhooks/never-before-readable",
                                  "webhooks/redirect-not-followed",
                                  "security/hostile-requests",
                                  "security/endless-requests",
                                  "security/body-over-the-limit"};
  if (const char* some = std::getenv("TERAPI_SCENARIO"); some != nullptr) {
    ids = {some};
  } else if (std::getenv("TERAPI_ALL_SCENARIOS_OVER_HTTP") != nullptr) {
    ids.clear();
    for (const std::string& file : server_scenario_files()) {
      ids.push_back(file.substr(0, file.size() - 5));
    }
  }
  for (const std::string& id : ids) {
    const auto scenario = server_scenario(id + ".json");
    ASSERT_TRUE(scenario) << scenario.error().message;
    if (scenario->judges != Subject::kServer) continue;
    const ScenarioResult result = play_server(*scenario, **stage);
    if (ids.size() > 9)
      std::fprintf(stderr, "%s %lld ms\n", id.c_str(),
                   static_cast<long long>(result.elapsed.count() / 1000));
    std::string told = result.reason;
    for (const Finding& finding : result.findings) {
      told += "\n" + finding.clause + " " + finding.what + "\n  expected: " + finding.expected +
              "\n  actual: " + finding.actual;
    }
    const bool skipped = result.verdict == Verdict::kSkip && !scenario->over_http;
    EXPECT_TRUE(result.verdict == Verdict::kPass || skipped)
        << id << ": " << to_string(result.verdict) << " " << told;
  }
}

}  // namespace
}  // namespace terapi::conformance
