// Scenarios played in virtual time: the verdicts of good and bad clients, and that a run is a
// function of its scenario and seed.
#include "conformance/harness/client_play.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance/harness/virtual_client_stage.h"

namespace terapi::conformance {
namespace {

Scenario scenario_named(const std::string& id) {
  std::ifstream file(TERAPI_SOURCE_DIR "/scenarios/" + id + ".json");
  std::stringstream text;
  text << file.rdbuf();
  auto scenario = Scenario::parse(text.str(), id + ".json");
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().message);
  return *std::move(scenario);
}

ClientPlayOptions virtual_world(const ClientMutant* mutant = nullptr) {
  ClientPlayOptions options;
  options.make_stage = [mutant](ClientStageOptions stage) {
    return core::Result<std::unique_ptr<ClientStage>>(
        std::make_unique<VirtualClientStage>(std::move(stage), mutant));
  };
  options.sweep = every_moment();
  return options;
}

std::string told(const ScenarioResult& result) {
  std::string text = std::string(to_string(result.verdict)) + " " + result.reason + "\n";
  for (const Finding& finding : result.findings) {
    text += finding.clause + " " + finding.invariant + ": " + finding.what + " | " +
            finding.expected + " | " + finding.actual + "\n";
  }
  for (const Event& event : result.timeline) {
    text += std::to_string(event.number) + " " + std::string(to_string(event.kind)) + " " +
            event.stream + " " + event.text + "\n";
  }
  return text;
}

TEST(ClientPlay, TheReferencePassesTheFirstScenario) {
  const ScenarioResult result =
      play_client(scenario_named("client/all-webhooks-lost"), virtual_world());
  EXPECT_EQ(result.verdict, Verdict::kPass) << told(result);
}

}  // namespace
}  // namespace terapi::conformance
