// Scenarios played in virtual time: the verdicts of good and bad clients, and that a run is a
// function of its scenario and seed.
#include "conformance/harness/play/play_scenario.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "conformance/harness/stage/virtual_client_stage.h"
#include "core/test_places.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

Scenario scenario_named(const std::string& id) {
  std::ifstream file(core::source_folder() + "/scenarios/" + id + ".json");
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

// A scenario of a few steps about one record.
Scenario small_scenario(const std::string& steps, const std::string& more = "") {
  auto scenario = Scenario::parse(
      R"({"id":"client/small","title":"t","why":"w","clauses":["CLIENT-1"],"origin":"test",)"
      R"("judges":"client","kills_none":"a test's own","given":{"records":[)"
      R"({"connection":"demo","model":"Issue","items":[{"id":"1","n":1},{"id":"2","n":1}]}]},)" +
          more + R"("steps":[)" + steps + "]}",
      "small.json");
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().message);
  return *std::move(scenario);
}

std::string trace_of(const ScenarioResult& result) {
  History history;
  for (const Event& event : result.timeline) history.add(event);
  return history.trace();
}

// Two pages, each of which takes less than the limit, and both more; or each takes more.
TEST(ClientPlay, TheLimitIsOneOnGettingNowhere) {
  const auto played_with = [](const std::string& fault) {
    const Scenario scenario = small_scenario(
        R"({"client":"starts","wait":false},{"until":"converged","within":"3s"})",
        R"("client":{"poll":"10m","limit":1},"faults":[{"id":"slow","on":"api","do":)" + fault +
            "}],");
    return play_client(scenario, virtual_world());
  };
  const ScenarioResult steady = played_with(R"({"delay":"2s"})");
  EXPECT_EQ(steady.verdict, Verdict::kPass) << told(steady);
  const ScenarioResult nothing = played_with(R"({"delay":"4s"})");
  EXPECT_EQ(nothing.verdict, Verdict::kFail) << told(nothing);
}

// Right, but for its patience: each pause after a failure takes that long.
class Pauses final : public ClientMutation {
 public:
  Pauses(MutantPorts ports, core::Duration pause)
      : ClientMutation(std::move(ports)), pause_(pause) {}
  void adjust(ReferenceClientOptions& options) override {
    options.sync.backoff = {.first = pause_, .cap = pause_, .factor = 1, .least = pause_};
  }

 private:
  core::Duration pause_;
};

// What a back-off has grown to is no time in which a client gets nowhere.
TEST(ClientPlay, WhoBacksOffIsWaitedForLongerThanWhoDoesNothing) {
  const Scenario scenario = small_scenario(
      R"({"client":"starts","wait":false},{"until":"fired","fault":"down"},{"pass":"1s"},)"
      R"({"faults":[]},{"until":"converged"})",
      R"("client":{"poll":"10m"},"faults":[{"id":"down","on":"api","do":{"status":503}}],)");
  const auto played_with = [&](core::Duration pause) {
    const ClientMutant pauses = client_mutant<Pauses>("pauses", "CLIENT-9", "Pauses.", pause);
    return play_client(scenario, virtual_world(&pauses));
  };
  const ScenarioResult usual = played_with(100s);
  EXPECT_EQ(usual.verdict, Verdict::kPass) << told(usual);
  const ScenarioResult endless = played_with(1h);
  EXPECT_EQ(endless.verdict, Verdict::kFail) << told(endless);
}

// Of all there is: faults, kills, two clients, late commits, webhooks at once and in disorder.
TEST(ClientPlay, AScenarioPlayedTwiceLeavesTheSameTraceByteForByte) {
  for (const char* id :
       {"storm", "kill-spread-over-a-run", "kill-at-every-answer", "two-workers-on-one-stream",
        "late-commit", "webhooks-in-reverse", "same-webhook-100-times-at-once", "clock-jumps",
        "slow-body", "disk-full"}) {
    const Scenario scenario = scenario_named("client/" + std::string(id));
    const ScenarioResult first = play_client(scenario, virtual_world());
    const ScenarioResult again = play_client(scenario, virtual_world());
    EXPECT_LE(first.verdict, Verdict::kWarn) << id << "\n" << told(first);
    EXPECT_FALSE(first.timeline.empty()) << id;
    EXPECT_EQ(trace_of(first), trace_of(again)) << id;
  }
}

TEST(ClientPlay, AnotherSeedIsAnotherTraceOfTheSameVerdict) {
  ClientPlayOptions options = virtual_world();
  const Scenario scenario = scenario_named("client/all-webhooks-lost");
  const ScenarioResult first = play_client(scenario, options);
  options.seed = 4711;
  const ScenarioResult other = play_client(scenario, options);
  EXPECT_EQ(first.verdict, other.verdict);
  EXPECT_EQ(other.seed, 4711U);
}

TEST(ClientPlay, AFaultThatNeverStruckProvesNothing) {
  const ScenarioResult result = play_client(
      small_scenario(R"({"client":"starts"},{"until":"converged"})",
                     R"("faults":[{"id":"never","on":"api","nth":[999],"do":{"status":500}}],)"),
      virtual_world());
  EXPECT_EQ(result.verdict, Verdict::kInconclusive) << told(result);
  EXPECT_NE(result.reason.find("'never'"), std::string::npos) << result.reason;
}

// A fault that strikes and does nothing proves as little, and nobody would notice.
TEST(ClientPlay, EachFaultOfTheSlowBodyKeepsItsPageBackInVirtualTime) {
  const ScenarioResult result = play_client(scenario_named("client/slow-body"), virtual_world());
  ASSERT_EQ(result.verdict, Verdict::kPass) << told(result);
  std::vector<core::Time> answered;
  std::vector<core::Time> stored;
  for (const Event& event : result.timeline) {
    if (event.kind == EventKind::kResponse) answered.push_back(event.at);
    if (event.kind == EventKind::kCommit) stored.push_back(event.at);
  }
  ASSERT_EQ(answered.size(), 3U) << told(result);
  ASSERT_EQ(stored.size(), 3U) << told(result);
  for (std::size_t page = 0; page < 3; ++page) {
    EXPECT_GE(stored[page] - answered[page], 300ms) << page << "\n" << told(result);
  }
}

TEST(ClientPlay, ACheckThatFoundNothingToLookAtProvesNothing) {
  // The 429 came, and the client was dead before it could ask too early; no webhook was sent; and
  // nothing was asked for since the mark.
  const std::string refused =
      R"({"faults":[{"id":"f","on":"api","nth":[1],)"
      R"("do":{"status":429,"headers":{"Retry-After":"3"}}}]},)"
      R"({"client":"starts"},{"until":"fired","fault":"f"},{"client":"is killed"},)";
  const std::string quiet = R"({"client":"starts"},{"until":"converged"},{"mark":"m"},)";
  const std::vector<std::string> steps = {
      refused + R"({"expect":{"that":"waits after","status":429,"time":"3s"}})",
      quiet + R"({"expect":{"that":"webhooks answered","time":"3s"}})",
      quiet + R"({"expect":{"that":"resumed at last"}})"};
  for (const std::string& story : steps) {
    const ScenarioResult result = play_client(small_scenario(story), virtual_world());
    EXPECT_EQ(result.verdict, Verdict::kInconclusive) << story << "\n" << told(result);
  }
}

TEST(ClientPlay, AWarningOfOneMomentOfASweepIsNotTakenBackByTheNext) {
  ClientPlayOptions options;
  int plays = 0;
  options.make_stage = [&](ClientStageOptions stage) {
    // Killed at the second answer, which deletes, when it has the record already.
    const ClientMutant* mutant = ++plays == 2 ? find_client_mutant("ignores-deletes") : nullptr;
    return core::Result<std::unique_ptr<ClientStage>>(
        std::make_unique<VirtualClientStage>(std::move(stage), mutant));
  };
  options.sweep = every_moment();
  const ScenarioResult result = play_client(
      small_scenario(R"({"kill_at":"every answer"},{"client":"starts"},{"until":"converged"},)"
                     R"({"run":{"delete":["2"]}},{"until":"converged","within":"20s"})",
                     R"("level":"SHOULD",)"),
      options);
  EXPECT_GT(plays, 2);
  EXPECT_EQ(result.verdict, Verdict::kWarn) << told(result);
  EXPECT_FALSE(result.findings.empty());
}

TEST(ClientPlay, AKillThatNeverCameProvesNothing) {
  const ScenarioResult result =
      play_client(small_scenario(R"({"kill_at":"answer","nth":999},{"client":"starts"},)"
                                 R"({"until":"dead","within":"5s"})"),
                  virtual_world());
  EXPECT_EQ(result.verdict, Verdict::kInconclusive) << told(result);
}

TEST(ClientPlay, AFaultyFaultIsTheJudgesError) {
  const ScenarioResult result =
      play_client(small_scenario(R"({"faults":[{"id":"f","on":"api","do":{"explode":true}}]})"),
                  virtual_world());
  EXPECT_EQ(result.verdict, Verdict::kError) << told(result);
}

TEST(ClientPlay, WhatTheClientLacksIsNamedWithItsClauseAndTheEventsThatShowIt) {
  const ScenarioResult result =
      play_client(small_scenario(R"({"client":"starts"},{"run":{"delete":["2"]}},)"
                                 R"({"until":"converged","within":"20s"})"),
                  virtual_world(find_client_mutant("ignores-deletes")));
  ASSERT_EQ(result.verdict, Verdict::kFail) << told(result);
  const Finding& finding = result.findings.front();
  EXPECT_EQ(finding.invariant, "I4");
  EXPECT_EQ(finding.clause, "CLIENT-8");
  EXPECT_NE(finding.what.find("\"2\""), std::string::npos) << finding.what;
  ASSERT_FALSE(finding.events.empty());
  EXPECT_TRUE(result.timeline.at(finding.events.front()).bad);
}

TEST(ClientPlay, AClientThatDiesIsAFailureThatSaysSo) {
  const ScenarioResult result = play_client(
      small_scenario(R"({"run":{"delete":["2"]}},{"client":"starts"},{"until":"converged"})"),
      virtual_world(find_client_mutant("unknown-delete-throws")));
  ASSERT_EQ(result.verdict, Verdict::kFail) << told(result);
  EXPECT_NE(told(result).find("ended by itself"), std::string::npos) << told(result);
}

TEST(ClientPlay, TheReferencePassesTheFirstScenario) {
  const ScenarioResult result =
      play_client(scenario_named("client/all-webhooks-lost"), virtual_world());
  EXPECT_EQ(result.verdict, Verdict::kPass) << told(result);
}

}  // namespace
}  // namespace terapi::conformance
