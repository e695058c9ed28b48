// A few scenarios over real HTTP: the program with its sockets and, of the laws, those that an
// in-process simulator answers without them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance/harness/http_stage.h"
#include "conformance/harness/server_play.h"

namespace terapi::conformance {
namespace {

core::Result<Scenario> http_scenario(const std::string& id) {
  const std::filesystem::path file =
      std::filesystem::path(TERAPI_SOURCE_DIR) / "scenarios" / (id + ".json");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return Scenario::parse(text.str(), id + ".json");
}

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
                                  "security/hostile-requests"};
  if (const char* all = std::getenv("TERAPI_ALL_SCENARIOS_OVER_HTTP"); all != nullptr) {
    ids.clear();
    for (const char* folder : {"server", "webhooks", "security"}) {
      const auto root = std::filesystem::path(TERAPI_SOURCE_DIR) / "scenarios" / folder;
      for (const auto& entry : std::filesystem::directory_iterator(root)) {
        ids.push_back(std::string(folder) + "/" + entry.path().stem().string());
      }
    }
  }
  for (const std::string& id : ids) {
    const auto scenario = http_scenario(id);
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
