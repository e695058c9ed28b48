#include "conformance/scenario/scenario_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/test_places.h"

namespace terapi::conformance {
namespace {

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Scenario> scenarios_of_the_project() {
  std::vector<Scenario> scenarios;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(core::source_folder() + "/scenarios")) {
    if (entry.path().extension() != ".json" || entry.path().stem().extension() == ".schema") {
      continue;
    }
    auto scenario = Scenario::parse(text_of_file(entry.path()), entry.path().string());
    // A world of a million records is written as the others are, and takes seconds.
    if (!scenario || scenario->given.size() > (1U << 20U)) continue;
    scenarios.push_back(*std::move(scenario));
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

TEST(ScenarioText, IsReadAsWhatItWasWrittenFrom) {
  const std::vector<Scenario> scenarios = scenarios_of_the_project();
  ASSERT_GT(scenarios.size(), 150U);
  for (const Scenario& scenario : scenarios) {
    SCOPED_TRACE(scenario.id);
    const std::string text = scenario_text(scenario, {"a comment", ""});
    const auto again = Scenario::parse(text, "again");
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(scenario_text(*again, {"a comment", ""}), text);
    EXPECT_EQ(scenario.plan.steps.size(), again->plan.steps.size());
    EXPECT_EQ(scenario.plan.expect.size(), again->plan.expect.size());
    expect_same_json(scenario.given, again->given);
    expect_same_json(scenario.faults, again->faults);
  }
}

TEST(ScenarioText, LeavesOutWhatIsAsUsual) {
  const auto text = [](Step::What what) {
    return step_text({.what = std::move(what)}, Subject::kClient);
  };
  EXPECT_EQ(text(ProcessStep{}), R"({"client":"starts"})");
  EXPECT_EQ(
      text(RunStep{
          .body =
              R"({"integration":"github","connection":"demo","model":"Issue","delete":["r1"]})"}),
      R"({"run":{"delete":["r1"]}})");
  EXPECT_EQ(text(WebhookStep{}), R"({"webhook":{}})");
  EXPECT_EQ(text(KillStep{.at = KillStep::At::kStoreCall, .nth = 3, .every = false}),
            R"({"kill_at":"store call","nth":3})");
  EXPECT_EQ(text(ClockStep{-std::chrono::hours(24)}), R"({"clock":"-1d"})");
}

TEST(ScenarioText, UsesTheVerbThatFits) {
  const auto text = [](Step::What what) {
    return step_text({.what = std::move(what), .clause = "CUR-1"}, Subject::kServer);
  };
  EXPECT_EQ(text(PassStep{std::chrono::minutes(5)}), R"({"advance":"5m","clause":"CUR-1"})");
  EXPECT_EQ(text(AskStep{.method = "POST", .target = "/records"}),
            R"({"request":"POST /records","clause":"CUR-1"})");
  EXPECT_EQ(text(AskStep{.query = {{"ids", "a"}, {"limit", "2"}, {"ids", "b"}}}),
            R"({"get":{"ids":["a","b"],"limit":"2"},"clause":"CUR-1"})");
  EXPECT_EQ(text(LawStep{{find_law("order")}}), R"({"law":"order","clause":"CUR-1"})");
}

}  // namespace
}  // namespace terapi::conformance
