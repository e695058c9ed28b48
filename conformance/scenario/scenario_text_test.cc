#include "conformance/scenario/scenario_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace terapi::conformance {
namespace {

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Scenario> client_scenarios() {
  std::vector<Scenario> scenarios;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(TERAPI_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".json" || entry.path().stem().extension() == ".schema") {
      continue;
    }
    auto scenario = Scenario::parse(text_of_file(entry.path()), entry.path().string());
    // A world of a million records is written as the others are, and takes seconds.
    if (!scenario || scenario->given.size() > (1U << 20U)) continue;
    if (scenario->judges == Subject::kClient) scenarios.push_back(*std::move(scenario));
  }
  return scenarios;
}

void expect_same_json(const std::string& before, const std::string& after) {
  if (before == after) return;
  const auto a = core::json::Document::parse(before, {.comments = true, .max_depth = 100'000});
  const auto b = core::json::Document::parse(after, {.comments = true, .max_depth = 100'000});
  ASSERT_TRUE(a.has_value() && b.has_value()) << before << "\n" << after;
  EXPECT_TRUE(core::json::same_value(a->root(), b->root())) << before << "\n" << after;
}

void expect_same_plan(const ClientPlan& before, const ClientPlan& after) {
  EXPECT_EQ(before.poll, after.poll);
  EXPECT_EQ(before.limit, after.limit);
  EXPECT_EQ(before.streams, after.streams);
  EXPECT_EQ(before.needs_webhooks, after.needs_webhooks);
  EXPECT_EQ(before.may_stop, after.may_stop);
  EXPECT_EQ(before.counts_requests, after.counts_requests);
  EXPECT_EQ(before.spared, after.spared);
  EXPECT_EQ(before.expect, after.expect);
  ASSERT_EQ(before.steps.size(), after.steps.size());
  for (std::size_t i = 0; i < before.steps.size(); ++i) {
    EXPECT_EQ(before.steps[i].what, after.steps[i].what) << before.steps[i].text << "\n"
                                                         << step_text(after.steps[i].what);
  }
}

TEST(ScenarioText, IsReadAsWhatItWasWrittenFrom) {
  const std::vector<Scenario> scenarios = client_scenarios();
  ASSERT_GT(scenarios.size(), 60U);
  for (const Scenario& scenario : scenarios) {
    SCOPED_TRACE(scenario.id);
    const auto plan = ClientPlan::read(scenario);
    ASSERT_TRUE(plan.has_value());
    const auto again = Scenario::parse(scenario_text(scenario, *plan, {"a comment", ""}), "again");
    ASSERT_TRUE(again.has_value()) << again.error().message;
    const auto plan_again = ClientPlan::read(*again);
    ASSERT_TRUE(plan_again.has_value()) << plan_again.error().message;
    expect_same_plan(*plan, *plan_again);
    expect_same_json(scenario.given, again->given);
    if (!scenario.faults.empty()) expect_same_json(scenario.faults, again->faults);
    EXPECT_EQ(scenario.clauses, again->clauses);
    EXPECT_EQ(scenario.level, again->level);
    EXPECT_EQ(scenario.seed, again->seed);
    EXPECT_EQ(scenario.sometimes, again->sometimes);
    EXPECT_EQ(scenario.kills, again->kills);
    EXPECT_EQ(scenario.kills_none, again->kills_none);
    EXPECT_EQ(scenario.in_virtual, again->in_virtual);
    EXPECT_EQ(scenario.over_http, again->over_http);
    EXPECT_EQ(scenario.dialects, again->dialects);
    EXPECT_EQ(scenario_text(*again, *plan_again), scenario_text(scenario, *plan));
  }
}

TEST(ScenarioText, LeavesOutWhatIsAsUsual) {
  EXPECT_EQ(step_text(ClientAct{}), R"({"client":"starts"})");
  EXPECT_EQ(step_text(RunAct{
                R"({"integration":"github","connection":"demo","model":"Issue","delete":["r1"]})"}),
            R"({"run":{"delete":["r1"]}})");
  EXPECT_EQ(step_text(WebhookAct{}), R"({"webhook":{}})");
  EXPECT_EQ(step_text(KillAct{.at = KillAct::At::kStoreCall, .nth = 3, .every = false}),
            R"({"kill_at":"store call","nth":3})");
  EXPECT_EQ(step_text(ClockAct{-std::chrono::hours(24)}), R"({"clock":"-1d"})");
}

}  // namespace
}  // namespace terapi::conformance
