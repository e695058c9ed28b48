#include "conformance/harness/explore/shrink.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "conformance/harness/explore/json_tree.h"

namespace terapi::conformance {
namespace {

constexpr const char* kStory =
    R"({"id":"client/x","title":"t","why":"w","clauses":["CLIENT-1"],"origin":"o","judges":"client",
"given":{"connections":[{"id":"demo","integration":"github"}],
  "records":[{"connection":"demo","model":"Issue","items":[{"id":"1","version":7},{"id":"2"}]},
             {"connection":"demo","model":"Issue","items":[{"id":"3"}]}]},
"client":{"poll":"5s","limit":40,"streams":["github/demo/Issue","github/demo/Other"]},
"kills_none":"k","dialects":["terapi"],
"steps":[
  {"client":"starts"},
  {"faults":[{"id":"a","on":"api","nth":[3,4],"do":{"stall":"4s"}},
             {"id":"b","on":"api","do":{"delay":"1s"}}]},
  {"run":{"save":[{"id":"4"},{"id":"5"}],"delete":["1"]}},
  {"run":{"model":"Other","save":[{"id":"6"}]}},
  {"pass":"10s"},
  {"kill_at":"answer","nth":8},
  {"until":"converged"}]})";

bool has_kill(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const Step& step) { return std::holds_alternative<KillStep>(step.what); });
}
bool deletes(const Plan& plan, const std::string& id) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    const auto* run = std::get_if<RunStep>(&step.what);
    return run != nullptr && run->body.find("\"delete\":[\"" + id + "\"]") != std::string::npos;
  });
}

TEST(Shrink, LeavesOnlyWhatItTakes) {
  const Shrunk shrunk = shrink(kStory, [](const Scenario& candidate) {
    return has_kill(candidate.plan) && deletes(candidate.plan, "1");
  });
  EXPECT_TRUE(shrunk.whole);
  const auto scenario = Scenario::parse(shrunk.text, "x");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const Plan& plan = scenario->plan;
  ASSERT_EQ(plan.steps.size(), 2U) << shrunk.text;
  EXPECT_EQ(scenario->dialects, std::vector<std::string>{"terapi"});
  EXPECT_TRUE(has_kill(plan) && deletes(plan, "1")) << shrunk.text;
  EXPECT_EQ(shrunk.text.find("\"save\""), std::string::npos) << shrunk.text;
  EXPECT_EQ(shrunk.text.find("\"nth\""), std::string::npos) << shrunk.text;
  EXPECT_EQ(shrunk.text.find("\"poll\""), std::string::npos) << shrunk.text;
}

// 404 made smaller would be 100, which is no answer at all.
TEST(Shrink, LeavesTheStatusThatAReceiverAnswers) {
  const Shrunk shrunk = shrink(
      R"({"id":"a/b","title":"t","why":"w","clauses":["HOOK-6"],"judges":"server","given":{},)"
      R"("kills_none":"k","steps":[{"receiver":{"answers":[200,404]}},{"idle":true}]})",
      [](const Scenario& candidate) {
        const auto* step = std::get_if<ReceiverStep>(&candidate.plan.steps.front().what);
        return step != nullptr && step->receiver.answers.back().status != 200;
      });
  EXPECT_NE(shrunk.text.find(R"("answers":[404])"), std::string::npos) << shrunk.text;
}

TEST(Shrink, GivesBackWhatCannotBeMadeSmaller) {
  const std::string compact = json_text(json_tree(core::json::Document::parse(kStory)->root()));
  const Shrunk shrunk = shrink(kStory, [](const Scenario&) { return false; });
  EXPECT_EQ(shrunk.text, compact);
  EXPECT_GT(shrunk.tried, 20U);
}

TEST(Shrink, EveryCandidateIsAScenarioAndTheLastOneFails) {
  std::string last;
  const Shrunk shrunk = shrink(kStory, [&](const Scenario& scenario) {
    EXPECT_FALSE(scenario.id.empty());
    const bool fails = scenario.plan.client.limit >= 10;
    if (fails) last = std::string(scenario.document->text());
    return fails;
  });
  EXPECT_EQ(shrunk.text, last);
  const auto scenario = Scenario::parse(shrunk.text, "x");
  ASSERT_TRUE(scenario);
  EXPECT_GE(scenario->plan.client.limit, 10U);
  EXPECT_EQ(scenario->plan.steps.size(), 1U) << "steps may not be empty";
}

TEST(Shrink, EndsWhenItHasTriedEnough) {
  const Shrunk shrunk = shrink(
      kStory, [](const Scenario&) { return false; }, 5);
  EXPECT_EQ(shrunk.tried, 5U);
  EXPECT_FALSE(shrunk.whole);
}

TEST(JsonTree, IsPutTogetherAsItWasWritten) {
  const std::string text =
      R"({"a":[1,-1,1.5,{"b":"x\"y"},[],null,{}],"odd":[1e400,0.10,1.0,9223372036854775809000],"":true})";
  JsonTree tree = json_tree(core::json::Document::parse(text)->root());
  EXPECT_EQ(json_text(tree), text);
  tree.erase("odd");
  tree["a"][3] = 7;
  EXPECT_EQ(json_text(tree), R"({"a":[1,-1,1.5,7,[],null,{}],"":true})");
}

}  // namespace
}  // namespace terapi::conformance
