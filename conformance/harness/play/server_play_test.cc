// How a server's scenario is weighed: what is skipped, what proves nothing, what is the judge's
// own.
#include "conformance/harness/play/play_scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/harness/stage/test_server_stage.h"

namespace terapi::conformance {
namespace {

using testing::HasSubstr;

constexpr const char* kGiven =
    R"("given":{"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]},)";

Scenario play_of(const std::string& steps, const std::string& more = kGiven) {
  auto scenario = Scenario::parse(
      R"({"id":"server/x","title":"t","why":"w","clauses":["CUR-2"],"origin":"o","judges":"server",)"
      R"("kills_none":"it is a test",)" +
          more + "\"steps\":" + steps + "}",
      "x.json");
  EXPECT_TRUE(scenario) << scenario.error().message;
  return *scenario;
}

TEST(ServerPlay, FailsWithTheClauseAndTheEvidence) {
  TestServerStage stage;
  const auto result = play_server(
      play_of(R"([{"run":{"save":[{"id":"a"}]}},{"read":"all","expect":{"ids":["b"]}}])"), stage);
  EXPECT_EQ(result.verdict, Verdict::kFail);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].clause, "CUR-2");
  EXPECT_EQ(result.findings[0].expected, "b");
  EXPECT_EQ(result.findings[0].actual, "a");
  ASSERT_FALSE(result.findings[0].events.empty());
  EXPECT_TRUE(result.timeline.at(result.findings[0].events[0]).bad);
  EXPECT_THAT(result.timeline.at(result.findings[0].events[0]).text, HasSubstr("GET /records"));
}

TEST(ServerPlay, OnlyWarnsOfAShould) {
  TestServerStage stage;
  const auto result = play_server(play_of(R"([{"read":"all","expect":{"count":7}}])",
                                          std::string(R"("level":"SHOULD",)") + kGiven),
                                  stage);
  EXPECT_EQ(result.verdict, Verdict::kWarn);
}

TEST(ServerPlay, IsInconclusiveWhenAFaultNeverStruck) {
  TestServerStage stage;
  const std::string fault =
      R"({"id":"lost","on":"webhook","match":{"model":"Other"},"do":{"drop":true}})";
  const auto result = play_server(
      play_of(R"([{"faults":[)" + fault + R"(]},{"run":{"save":[{"id":"a"}]}}])"), stage);
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_THAT(result.reason, HasSubstr("never struck: 'lost'"));
}

// A webhook that took 300 ms there and back was sent again, since it was to take 200.
constexpr const char* kTimesOutSoon =
    R"("given":{"environment":{"webhook_urls":["{receiver}/hook"],"retry":{"timeout":"200ms","first_delay":"100ms"}},)"
    R"("integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]},)";
constexpr core::Duration kHeldUp = std::chrono::milliseconds(300);

TEST(ServerPlay, AsksAgainWithMoreTimeWhereTheMachineMayHaveBeenTooSlow) {
  TestServerStage stage;
  stage.hold_webhooks_up(kHeldUp);
  const auto result = play_server(play_of(R"([{"receiver":{"answers":[500,200]}},
      {"run":{"save":[{"id":"a"}]}},{"idle":true},
      {"expect_webhooks":{"deliveries":1,"requests":2,"gaps":["100ms"]}}])",
                                          kTimesOutSoon),
                                  stage);
  EXPECT_EQ(result.verdict, Verdict::kInfo);
  EXPECT_THAT(result.reason, HasSubstr("ten times as long"));
}

TEST(ServerPlay, AccusesWhoFailsWithMoreTimeToo) {
  TestServerStage stage;
  stage.hold_webhooks_up(kHeldUp);
  const auto result = play_server(play_of(R"([{"run":{"save":[{"id":"a"}]}},{"idle":true},
      {"expect_webhooks":{"deliveries":1,"requests":3}}])",
                                          kTimesOutSoon),
                                  stage);
  EXPECT_EQ(result.verdict, Verdict::kFail);
  ASSERT_FALSE(result.findings.empty());
  EXPECT_EQ(result.findings[0].actual, "1");
}

TEST(ServerPlay, AsksNobodyAgainWhoseTimeOutsAreLong) {
  TestServerStage stage;
  stage.hold_webhooks_up(std::chrono::seconds(2));
  std::string given = kTimesOutSoon;
  given.replace(given.find("200ms"), 5, "2s");
  const auto result = play_server(play_of(R"([{"receiver":{"answers":[500,200]}},
      {"run":{"save":[{"id":"a"}]}},{"idle":true},{"expect_webhooks":{"requests":2}}])",
                                          given),
                                  stage);
  EXPECT_EQ(result.verdict, Verdict::kFail);
}

TEST(ServerPlay, WhatALibrarySendsOnceMoreAfterAResetIsTheSameAttempt) {
  const auto played_with = [](const std::string& answer, const std::string& sent_again_after) {
    TestServerStage stage;
    stage.send_again_after(sent_again_after);
    return play_server(play_of(R"([{"receiver":{"answers":[)" + answer + R"(,200]}},
        {"run":{"save":[{"id":"a"}]}},{"idle":true},
        {"expect_webhooks":{"deliveries":1,"requests":2,"attempts":2}}])",
                               R"("given":{"environment":{"webhook_urls":["{receiver}/hook"]},)"
                               R"("integrations":[{"id":"github"}],)"
                               R"("connections":[{"id":"demo","integration":"github"}]},)"),
                       stage);
  };
  EXPECT_EQ(played_with(R"("reset")", "").verdict, Verdict::kPass);
  EXPECT_EQ(played_with(R"("reset")", "connection_reset").verdict, Verdict::kPass);
  EXPECT_EQ(played_with("500", "status").verdict, Verdict::kFail);
}

TEST(ServerPlay, IsAnErrorWhenNobodyTellsWhetherAFaultStruck) {
  for (const char* answer : {"{}", "oops", R"({"faults":[]})"}) {
    TestServerStage stage;
    stage.tamper([&](const core::Request& request, simulator::Simulator& simulator) {
      core::Outcome outcome = simulator.handle(request);
      const bool asks = request.method == "GET" && request.target.ends_with("/faults");
      if (asks) outcome.response.body = answer;
      return outcome;
    });
    const auto result = play_server(
        play_of(R"([{"faults":[{"id":"lost","on":"webhook","do":{"drop":true}}]},{"get":{}}])"),
        stage);
    EXPECT_EQ(result.verdict, Verdict::kError) << answer;
    EXPECT_THAT(result.reason, HasSubstr("does not list the fault 'lost'")) << answer;
  }
}

constexpr const char* kTwoRuns =
    R"([{"run":{"save":[{"id":"a"}]}},{"run":{"save":[{"id":"b"}]}},{"get":{"limit":1}},)";

TEST(ServerPlay, IsInconclusiveWhenItNeverSawWhatItNames) {
  const std::string sometimes = std::string(R"("sometimes":["a change between pages"],)") + kGiven;
  TestServerStage stage;
  const auto unchanged = play_server(
      play_of(std::string(kTwoRuns) + R"({"get":{"cursor":"@next"}}])", sometimes), stage);
  EXPECT_EQ(unchanged.verdict, Verdict::kInconclusive);
  EXPECT_THAT(unchanged.reason, HasSubstr("never seen: a change between pages"));
  TestServerStage other;
  const auto changed =
      play_server(play_of(std::string(kTwoRuns) +
                              R"({"run":{"save":[{"id":"a","n":1}]}},{"get":{"cursor":"@next"}}])",
                          sometimes),
                  other);
  EXPECT_EQ(changed.verdict, Verdict::kPass) << changed.reason;
}

TEST(ServerPlay, SeesHowWebhooksWereAnswered) {
  const std::string more =
      R"("sometimes":["a webhook failed","a webhook accepted"],)"
      R"("given":{"environment":{"webhook_urls":["{receiver}/hook"]},)"
      R"("integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]},)";
  for (const bool fails : {true, false}) {
    TestServerStage stage;
    const std::string answers = fails ? "[500,200]" : "[200]";
    const auto result =
        play_server(play_of(R"([{"receiver":{"answers":)" + answers +
                                R"(}},{"run":{"save":[{"id":"a"}]}},{"idle":true}])",
                            more),
                    stage);
    EXPECT_EQ(result.verdict, fails ? Verdict::kPass : Verdict::kInconclusive) << result.reason;
  }
}

TEST(ServerPlay, HasNoWordsThatTakeAClient) {
  const auto scenario = Scenario::parse(
      R"({"id":"server/x","title":"t","why":"w","clauses":["CUR-2"],"judges":"server",)"
      R"("kills_none":"a test","sometimes":["a kill"],"any_data":true,"steps":[{"get":{}}]})",
      "x.json");
  ASSERT_FALSE(scenario);
  EXPECT_THAT(scenario.error().message, HasSubstr("sometimes[0]"));
  EXPECT_THAT(scenario.error().message, HasSubstr("several pages"));
}

TEST(ServerPlay, TellsTheSeedThatItWasGiven) {
  TestServerStage stage;
  EXPECT_EQ(play_server(play_of(R"([{"get":{}}])"), stage, {.seed = 7}).seed, 7U);
  EXPECT_EQ(play_server(play_of(R"([{"get":{}}])"), stage).seed, 1U);
}

TEST(ServerPlay, IsInconclusiveWhenItsDataShowsNothing) {
  TestServerStage stage;
  EXPECT_EQ(play_server(play_of(R"([{"law":"suffix"}])"), stage).verdict, Verdict::kInconclusive);
}

TEST(ServerPlay, FindsACommitBehindACursor) {
  TestServerStage stage;
  const auto result = play_server(play_of(R"([
      {"run":{"save":[{"id":"a"}]}},
      {"faults":[{"id":"late","on":"store","times":1,"do":{"late_commit":"10s"}}]},
      {"run":{"save":[{"id":"b"}]}},
      {"run":{"save":[{"id":"c"}]}},
      {"read":"all"},
      {"advance":"11s"},
      {"read":"all"}])"),
                                  stage);
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.findings.at(0).clause, "CUR-8");
}

TEST(ServerPlay, FindsAWebhookThatComesBeforeItsData) {
  TestServerStage stage;
  const std::string given =
      R"("given":{"environment":{"webhook_urls":["{receiver}/hook"]},)"
      R"("integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]},)";
  const auto result = play_server(play_of(R"([
      {"receiver":{"answers":[200],"reads":true}},
      {"faults":[{"id":"early","on":"webhook","do":{"before_commit":true}}]},
      {"run":{"save":[{"id":"a"}]}},
      {"idle":true}])",
                                          given),
                                  stage);
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.findings.at(0).clause, "HOOK-4");
}

// A sync's webhook, late, while a run by hand is on its way to the same stream: it announces what
// it announces, and not what the server has not got yet.
TEST(ServerPlay, DoesNotTakeAWebhookForThatOfWhicheverRunIsUnderWay) {
  TestServerStage stage;
  int early = 0;
  stage.tamper([&](const core::Request& request, simulator::Simulator& simulator) {
    if (request.target == "/_simulator/runs") {
      core::Request idle;
      idle.method = "POST";
      idle.target = "/_simulator/clock/run-until-idle";
      simulator.handle(std::as_const(idle));
      ++early;
    }
    return simulator.handle(request);
  });
  const std::string given = R"("given":{"environment":{"webhook_urls":["{receiver}/hook"]},
      "templates":[{"name":"notes","provider":"notebook","model":"Note","collection":"notes",
                    "type":"incremental","frequency":"1h","objects":0,"fields":{"id":{"number":0}}}],
      "integrations":[{"id":"book","provider":"notebook"}],
      "connections":[{"id":"demo","integration":"book"}],
      "upstream":[{"connection":"demo","collection":"notes","items":[{"id":"n1"}]}]},)";
  const auto result = play_server(play_of(R"([
      {"receiver":{"answers":[200],"reads":true}},
      {"faults":[{"id":"late","on":"webhook","do":{"delay":"5s"}}]},
      {"sync":"enable","name":"notes","integration":"book"},
      {"run":{"integration":"book","connection":"demo","model":"Note","save":[{"id":"x"}]}},
      {"idle":true},
      {"expect_webhooks":{"deliveries":2}}])",
                                          given),
                                  stage);
  EXPECT_EQ(early, 1);
  std::string told;
  for (const Finding& finding : result.findings)
    told += finding.what + ": " + finding.actual + "\n";
  EXPECT_EQ(result.verdict, Verdict::kPass) << result.reason << told;
}

// REC-11: what a page leaves out is asked for, and still has to be there.
TEST(ServerPlay, AsksForTheRestOfAShortPage) {
  const auto played = [](bool says_that_more_follows) {
    TestServerStage stage;
    stage.tamper([=](const core::Request& request, simulator::Simulator& simulator) {
      core::Request shorter = request;
      const std::size_t at = shorter.target.find("limit=3");
      if (at != std::string::npos) shorter.target.replace(at, 7, "limit=2");
      core::Outcome outcome = simulator.handle(std::as_const(shorter));
      const std::size_t next = outcome.response.body.find("\"next_cursor\":\"");
      if (at != std::string::npos && next != std::string::npos && !says_that_more_follows) {
        outcome.response.body.replace(next, std::string::npos, "\"next_cursor\":null}");
      }
      return outcome;
    });
    return play_server(play_of(R"([
        {"run":{"save":[{"id":"a"}]}}, {"run":{"save":[{"id":"b"}]}}, {"run":{"save":[{"id":"c"}]}},
        {"get":{"limit":"3"},"expect":{"ids":["a","b","c"],"next":null}}])"),
                       stage)
        .verdict;
  };
  EXPECT_EQ(played(true), Verdict::kPass);
  EXPECT_EQ(played(false), Verdict::kFail);
}

TEST(ServerPlay, SaysSoWhenAServerDiesOfWhatItIsSent) {
  TestServerStage stage;
  bool dead = false;
  stage.tamper([&](const core::Request& request, simulator::Simulator& simulator) {
    dead = dead || request.target.find("limit=0") != std::string::npos;
    core::Outcome outcome = simulator.handle(request);
    outcome.wire.reset = dead;
    return outcome;
  });
  const auto result =
      play_server(play_of(R"([{"get":{"limit":0},"expect":{"status":400}}])"), stage);
  EXPECT_EQ(result.verdict, Verdict::kFail);
  bool told = false;
  for (const Finding& finding : result.findings) told = told || finding.clause == "ERR-2";
  EXPECT_TRUE(told);
}

TEST(ServerPlay, SkipsWithTheReason) {
  TestServerStage stage;
  EXPECT_THAT(play_server(play_of(R"([{"run":{}}])"), stage, {.read_only = true}).reason,
              HasSubstr("it writes"));
  EXPECT_THAT(
      play_server(play_of(R"([{"get":{}}])", std::string(R"("dialects":["nango"],)") + kGiven),
                  stage)
          .reason,
      HasSubstr("dialect"));
  EXPECT_THAT(play_server(play_of(R"([{"hostile":"endless line"}])"), stage).reason,
              HasSubstr("raw bytes"));
  stage.take_control_away();
  const auto result = play_server(play_of(R"([{"run":{}}])"), stage);
  EXPECT_EQ(result.verdict, Verdict::kSkip);
  EXPECT_THAT(result.reason, HasSubstr("control API"));
}

TEST(ServerPlay, ReadsTheStreamThatItIsToldToWithoutControl) {
  TestServerStage stage;
  stage.take_control_away();
  std::string asked;
  stage.tamper([&](const core::Request& request, simulator::Simulator& simulator) {
    asked = request.target;
    return simulator.handle(request);
  });
  const auto result =
      play_server(play_of(R"([{"law":"order"}])", R"("any_data":true,)"), stage,
                  {.read_only = true, .stream = {"github", "demo", "Other", "base"}});
  EXPECT_EQ(result.verdict, Verdict::kSkip);  // nothing there
  EXPECT_THAT(asked, HasSubstr("model=Other"));
}

TEST(ServerPlay, IsTheJudgesErrorWhenTheWorldIsWrong) {
  TestServerStage stage;
  const auto result =
      play_server(play_of(R"([{"get":{}}])", R"("given":{"conections":[]},)"), stage);
  EXPECT_EQ(result.verdict, Verdict::kError);
  EXPECT_THAT(result.reason, HasSubstr("PUT /_simulator/world failed"));
}

}  // namespace
}  // namespace terapi::conformance
