#include "conformance/scenario/client_step.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace terapi::conformance {
namespace {

std::string client_scenario(const std::string& steps) {
  return R"({"id":"client/x","title":"t","why":"w","clauses":["CLIENT-1"],"origin":"o",
"judges":"client","given":{"connections":[]},"kills_none":"k",
"steps":[)" +
         steps + "]}";
}

core::Result<ClientPlan> plan_of(const std::string& steps) {
  auto scenario = Scenario::parse(client_scenario(steps), "x.json");
  if (!scenario) return scenario.error();
  return ClientPlan::read(*scenario);
}

TEST(ClientStep, ReadsAStory) {
  const auto plan =
      plan_of(R"({"client":"starts"},{"run":{"save":[{"id":"1"}]}},{"until":"quiet"})");
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->steps.size(), 3U);
  EXPECT_EQ(std::get<RunAct>(plan->steps[1].what).body,
            R"({"integration":"github","connection":"demo","model":"Issue","save":[{"id":"1"}]})");
}

TEST(ClientStep, NamesTheNearestVerb) {
  const auto plan = plan_of("\n{\"clients\":\"starts\"}");
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().message.find("x.json:4:1"), std::string::npos) << plan.error().message;
  EXPECT_NE(plan.error().message.find("did you mean 'client'"), std::string::npos);
}

TEST(ClientStep, EveryClientScenarioReads) {
  int read = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(TERAPI_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".json" || entry.path().string().ends_with("schema.json")) {
      continue;
    }
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    const auto scenario = Scenario::parse(text.str(), entry.path().string());
    ASSERT_TRUE(scenario) << scenario.error().message;
    if (scenario->judges != Subject::kClient) continue;
    const auto plan = ClientPlan::read(*scenario);
    EXPECT_TRUE(plan) << (plan ? "" : plan.error().message);
    ++read;
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace terapi::conformance
