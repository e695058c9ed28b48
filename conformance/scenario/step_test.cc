// What steps may say, and how their mistakes are told.
#include "conformance/scenario/step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/scenario/scenario.h"

namespace terapi::conformance {
namespace {

using testing::AllOf;
using testing::HasSubstr;

core::Result<Scenario> scenario_with(const std::string& steps, const std::string& more = "") {
  return Scenario::parse(
      R"({"id":"server/x","title":"t","why":"w","clauses":["CUR-2"],"judges":"server",)"
      R"("kills_none":"it is a test",)" +
          more + "\n\"steps\":" + steps + "}",
      "x.json");
}

std::string mistakes_in(const std::string& steps, const std::string& more = "") {
  const auto scenario = scenario_with(steps, more);
  return scenario ? "none" : scenario.error().message;
}

core::Result<Scenario> client_scenario(const std::string& steps) {
  return Scenario::parse(
      R"({"id":"client/x","title":"t","why":"w","clauses":["CLIENT-1"],"judges":"client",)"
      R"("given":{"connections":[]},"kills_none":"k","steps":[)" +
          steps + "]}",
      "x.json");
}

template <typename T>
T only_step(const std::string& step) {
  const auto scenario = scenario_with("[" + step + "]");
  EXPECT_TRUE(scenario) << scenario.error().message;
  return std::get<T>(scenario->plan.steps.at(0).what);
}

TEST(ServerStep, FillsInTheUsualStreamOfARun) {
  const auto run = only_step<RunStep>(R"({"run":{"save":[{"id":"a"}]},"expect":{"added":1}})");
  EXPECT_EQ(run.body, R"({"integration":"github","connection":"demo","model":"Issue",)"
                      R"("save":[{"id":"a"}]})");
  EXPECT_EQ(run.expect.added, 1);
  EXPECT_FALSE(run.expect.updated);
}

TEST(ServerStep, WantsAnIdOfEachFaultRule) {
  const std::string rule = R"("on":"api","do":{"status":500}})";
  EXPECT_THAT(mistakes_in(R"([{"faults":[{"id":"a",)" + rule + ",{" + rule + "]}]"),
              AllOf(HasSubstr("x.json:2:"), HasSubstr("steps[0].faults[1]"), HasSubstr("an id")));
  EXPECT_EQ(mistakes_in(R"([{"faults":[{"id":"a",)" + rule + "]}]"), "none");
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
      R"({"status":302,"headers":{"Location":"/b"}},"large","no reason","closes"]}})");
  ASSERT_EQ(receiver.receiver.answers.size(), 8U);
  EXPECT_EQ(receiver.receiver.answers[6].what, ReceiverAnswer::What::kNoReason);
  EXPECT_EQ(receiver.receiver.answers[7].what, ReceiverAnswer::What::kCloses);
  EXPECT_EQ(receiver.receiver.answers[1].what, ReceiverAnswer::What::kTimeout);
  EXPECT_EQ(receiver.receiver.answers[4].headers.at(0).second, "/b");
}

TEST(ServerStep, KnowsEachKindOfHostileRequest) {
  const auto hostile = only_step<HostileStep>(
      R"({"hostile":"huge content-length","connections":3,"expect":{"status":413}})");
  EXPECT_EQ(hostile.kind, Hostility::kHugeLength);
  EXPECT_EQ(hostile.connections, 3);
  EXPECT_EQ(hostile.expect.status, 413);
  EXPECT_EQ(only_step<HostileStep>(R"({"hostile":"endless chunk-size line"})").kind,
            Hostility::kEndlessChunkSize);
  EXPECT_EQ(core::word_of(kHostilities, Hostility::kSlowHeader), "slow header");
  EXPECT_THAT(mistakes_in(R"([{"hostile":"endless lines"}])"),
              AllOf(HasSubstr("expected one of \"endless line\""),
                    HasSubstr("did you mean 'endless line'?")));
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
  EXPECT_THAT(told, HasSubstr("limit is true"));
  EXPECT_THAT(told, HasSubstr("such as \"POST /records\""));
  EXPECT_THAT(told, HasSubstr("expected a status"));
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

TEST(ClientStep, ReadsAStory) {
  const auto scenario =
      client_scenario(R"({"client":"starts"},{"run":{"save":[{"id":"1"}]}},{"until":"quiet"})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  ASSERT_EQ(scenario->plan.steps.size(), 3U);
  EXPECT_EQ(std::get<RunStep>(scenario->plan.steps[1].what).body,
            R"({"integration":"github","connection":"demo","model":"Issue","save":[{"id":"1"}]})");
}

TEST(ClientStep, NamesTheNearestVerb) {
  const auto scenario = client_scenario("\n{\"clients\":\"starts\"}");
  ASSERT_FALSE(scenario);
  EXPECT_THAT(scenario.error().message, HasSubstr("x.json:2:1"));
  EXPECT_THAT(scenario.error().message, HasSubstr("did you mean 'client'"));
}

TEST(ClientStep, CallsAWireRuleByItsPlace) {
  const auto scenario =
      client_scenario(R"({"wire":[{"do":"too long"},{"do":"poison","record":"r1","id":"bad"}]})");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const auto& rules = std::get<WireStep>(scenario->plan.steps[0].what).rules;
  EXPECT_EQ(rules.at(0).id, "wire-1");
  EXPECT_EQ(rules.at(1).id, "bad");
  EXPECT_EQ(rules.at(1).lacks, "id");
}

TEST(Step, OfAnotherSubjectIsRefused) {
  EXPECT_THAT(mistakes_in(R"([{"client":"starts"}])"), HasSubstr("does 'client'"));
  EXPECT_THAT(client_scenario(R"({"get":{}})").error().message, HasSubstr("does 'get'"));
  EXPECT_THAT(client_scenario(R"({"run":{},"expect":{"added":1}})").error().message,
              HasSubstr("unknown key 'run'"));
}

TEST(Step, LacksWhatItHasToSay) {
  EXPECT_THAT(client_scenario(R"({"expect":{"most":3}})").error().message,
              HasSubstr("steps[0].expect.that is missing: what has to be true"));
  EXPECT_THAT(client_scenario(R"({"between_pages":1})").error().message,
              HasSubstr("steps[0].run is missing"));
}

}  // namespace
}  // namespace terapi::conformance
