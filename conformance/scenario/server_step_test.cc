// What a server scenario's steps may say, and how their mistakes are told.
#include "conformance/scenario/server_step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

using testing::HasSubstr;

Scenario scenario_with(const std::string& steps, const std::string& more = "") {
  auto scenario = Scenario::parse(
      R"({"id":"server/x","title":"t","why":"w","clauses":["CUR-2"],"origin":"o","judges":"server",)"
      R"("kills_none":"it is a test",)" +
          more + "\n\"steps\":" + steps + "}",
      "x.json");
  EXPECT_TRUE(scenario) << scenario.error().message;
  return *scenario;
}

std::string mistakes_in(const std::string& steps, const std::string& more = "") {
  const Scenario scenario = scenario_with(steps, more);
  const auto plan = ServerPlan::read(scenario);
  return plan ? "none" : plan.error().message;
}

template <typename T>
T only_step(const std::string& step) {
  static std::vector<Scenario> kept;  // plans point into their scenario
  kept.push_back(scenario_with("[" + step + "]"));
  const auto plan = ServerPlan::read(kept.back());
  EXPECT_TRUE(plan) << plan.error().message;
  return std::get<T>(plan->steps.at(0).what);
}

TEST(ServerStep, FillsInTheUsualStreamOfARun) {
  const auto run = only_step<RunStep>(R"({"run":{"save":[{"id":"a"}]},"expect":{"added":1}})");
  EXPECT_EQ(run.body,
            R"({"integration":"github","connection":"demo","model":"Issue","variant":"base",)"
            R"("save":[{"id":"a"}]})");
  EXPECT_EQ(run.added, 1);
  EXPECT_FALSE(run.updated);
}

TEST(ServerStep, WritesGeneratedRecordsOut) {
  const auto run = only_step<RunStep>(R"({"run":{"replace":{"generate":{"count":2,"bytes":30}}}})");
  EXPECT_THAT(run.body, HasSubstr(R"("id":"r2")"));
}

TEST(ServerStep, RepeatsAParameterThatHasAList) {
  const auto ask = only_step<AskStep>(
      R"({"get":{"ids":["b","a"],"limit":2},"key":"k","expect":{"ids":["a"],"next":null}})");
  EXPECT_EQ(ask.query, (Query{{"ids", "b"}, {"ids", "a"}, {"limit", "2"}}));
  EXPECT_EQ(ask.key, "k");
  EXPECT_EQ(ask.expect.next, AnswerExpected::Next::kNull);
}

TEST(ServerStep, ReadsMethodAndPathOfARequest) {
  const auto ask = only_step<AskStep>(
      R"({"request":"PATCH /records/prune","body":{"a": 1},"headers":{"X":null},"bare":true})");
  EXPECT_EQ(ask.method, "PATCH");
  EXPECT_EQ(ask.target, "/records/prune");
  EXPECT_EQ(ask.body, R"({"a":1})");
  EXPECT_FALSE(ask.headers.at(0).second);
}

TEST(ServerStep, KnowsEachAnswerOfAReceiver) {
  const auto receiver = only_step<ReceiverStep>(
      R"({"receiver":{"path":"/a","answers":[500,"timeout","reset","truncate",)"
      R"({"status":302,"headers":{"Location":"/b"}}]}})");
  ASSERT_EQ(receiver.answers.size(), 5U);
  EXPECT_EQ(receiver.answers[1].what, ReceiverAnswer::What::kTimeout);
  EXPECT_EQ(receiver.answers[4].headers.at(0).second, "/b");
}

TEST(ServerStep, KnowsEachKindOfHostileRequest) {
  const auto hostile = only_step<HostileStep>(
      R"({"hostile":"huge content-length","connections":3,"expect":{"status":413}})");
  EXPECT_EQ(hostile.kind, Hostility::kHugeLength);
  EXPECT_EQ(hostile.connections, 3);
  EXPECT_EQ(hostile.status, 413);
  EXPECT_EQ(only_step<HostileStep>(R"({"hostile":"endless chunk-size line"})").kind,
            Hostility::kEndlessChunkSize);
  EXPECT_EQ(to_string(Hostility::kSlowHeader), "slow header");
  EXPECT_THAT(mistakes_in(R"([{"hostile":"endless lines"}])"),
              HasSubstr("expected one of \"endless line\""));
  // Not for a server that others need.
  EXPECT_THAT(mistakes_in(R"([{"hostile":"endless line"}])", R"("any_data":true,)"),
              HasSubstr("any_data"));
}

TEST(ServerStep, FindsLawsByName) {
  const auto law = only_step<LawStep>(R"({"laws":["order","suffix"],"model":"Label"})");
  ASSERT_EQ(law.laws.size(), 2U);
  EXPECT_EQ(law.laws[1]->name, "suffix");
  EXPECT_EQ(law.parameters.stream.model, "Label");
}

TEST(ServerStep, TellsAllMistakesAtOnceWithLineAndColumn) {
  const std::string told = mistakes_in(R"([
  {"law":"ordre"},
  {"rum":{}},
  {"get":{"limit":true}},
  {"request":"records"},
  {"receiver":{"answers":["later"]}},
  {"run":{"sav":[]},"expect":{"addded":1}},
  {"expect_webhooks":{"gaps":["soon"],"atempts":1}}
])");
  EXPECT_THAT(told, HasSubstr("x.json:3:"));
  EXPECT_THAT(told, HasSubstr("no law is called 'ordre'; known: order"));
  EXPECT_THAT(told, HasSubstr("x.json:4:3"));
  EXPECT_THAT(told, HasSubstr("did you mean 'run'?"));
  EXPECT_THAT(told, HasSubstr("limit is true or false"));
  EXPECT_THAT(told, HasSubstr("expected \"POST /records\""));
  EXPECT_THAT(told, HasSubstr("is no answer of a receiver"));
  EXPECT_THAT(told, HasSubstr("did you mean 'save'?"));
  EXPECT_THAT(told, HasSubstr("did you mean 'added'?"));
  EXPECT_THAT(told, HasSubstr("did you mean 'attempts'?"));
}

TEST(ServerStep, LetsScenariosOnAnyDataOnlyRead) {
  EXPECT_EQ(mistakes_in(R"([{"law":"order"},{"get":{}},{"read":"all"}])", R"("any_data":true,)"),
            "none");
  EXPECT_THAT(mistakes_in(R"([{"run":{}}])", R"("any_data":true,)"), HasSubstr("only read"));
  EXPECT_THAT(mistakes_in(R"([{"law":"matches-model"}])", R"("any_data":true,)"),
              HasSubstr("only read"));
  EXPECT_THAT(mistakes_in(R"([{"request":"POST /records"}])", R"("any_data":true,)"),
              HasSubstr("only read"));
}

TEST(MatchesPart, LooksAtWhatIsNamedOnly) {
  const auto matches = [](const std::string& part, const std::string& whole) {
    const auto a = core::json::Document::parse(part);
    const auto b = core::json::Document::parse(whole);
    std::string where = "body";
    return matches_part(a->root(), b->root(), where) ? "yes" : where;
  };
  EXPECT_EQ(matches(R"({"a":{"b":1}})", R"({"x":0,"a":{"b":1.0,"c":2}})"), "yes");
  EXPECT_EQ(matches(R"({"a":[{"b":"v1,*"}]})", R"({"a":[{"b":"v1,abc"}]})"), "yes");
  EXPECT_EQ(matches(R"({"a":"*"})", R"({"a":[1]})"), "yes");
  EXPECT_EQ(matches(R"({"a":null})", R"({"a":null})"), "yes");
  EXPECT_EQ(matches(R"({"a":"*"})", "{}"), "body.a is missing");
  EXPECT_EQ(matches(R"({"a":[1]})", R"({"a":[1,2]})"), "body.a has 2 items");
  EXPECT_EQ(matches(R"({"a":[1,{"b":2}]})", R"({"a":[1,{"b":3}]})"), "body.a[1].b is 3");
}

TEST(MatchesPattern, TakesAStarForAnyText) {
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("*GET*", "GET, HEAD"));
  EXPECT_TRUE(matches_pattern("a*c", "abc"));
  EXPECT_FALSE(matches_pattern("a*c", "ab"));
  EXPECT_FALSE(matches_pattern("a", "ab"));
}

}  // namespace
}  // namespace terapi::conformance
