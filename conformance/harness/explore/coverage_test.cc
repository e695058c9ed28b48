#include "conformance/harness/explore/coverage.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "conformance/harness/explore/explore_one.h"

namespace terapi::conformance {
namespace {

// A client that starts, asks from the beginning, and dies with the answer in its hand.
History died_with_an_answer() {
  History history;
  history.add({.kind = EventKind::kStep});
  history.add({.kind = EventKind::kStart, .life = 1});
  Exchange exchange;
  exchange.life = 1;
  exchange.stream = "github/demo/Issue";
  exchange.status = 200;
  exchange.whole = true;
  exchange.records.push_back({"1", "c", "ADDED", 0, false});
  exchange.request = history.add({.kind = EventKind::kRequest, .life = 1});
  exchange.response = history.add({.kind = EventKind::kResponse, .life = 1});
  history.exchanges.push_back(exchange);
  history.add({.kind = EventKind::kFault, .fault = "delay-1"});
  history.add({.kind = EventKind::kKill, .life = 1, .fault = "answer"});
  history.add({.kind = EventKind::kFault, .fault = "webhook-drop-2"});
  return history;
}

TEST(Coverage, CountsWhatStruckByWhereTheClientWas) {
  Plan plan;
  plan.steps.push_back({.what = ProcessStep{}});
  Coverage coverage;
  coverage.count(plan, died_with_an_answer());
  EXPECT_EQ(coverage.schedules(), 1U);
  EXPECT_EQ(coverage.struck(FaultKind::kDelay, LoopPhase::kFirst), 1U);
  EXPECT_EQ(coverage.struck(FaultKind::kKillAtAnswer, LoopPhase::kStoring), 1U);
  EXPECT_EQ(coverage.struck(FaultKind::kWebhookDrop, LoopPhase::kDown), 1U);
  EXPECT_EQ(coverage.struck(FaultKind::kReset, LoopPhase::kFirst), 0U);
}

TEST(Coverage, CountsWhatCameTogether) {
  Plan plan;
  Coverage coverage;
  coverage.count(plan, died_with_an_answer());
  coverage.count(plan, History{});
  EXPECT_EQ(coverage.together(FaultKind::kDelay, FaultKind::kWebhookDrop), 1U);
  EXPECT_EQ(coverage.together(FaultKind::kWebhookDrop, FaultKind::kDelay), 1U);
  EXPECT_EQ(coverage.together(FaultKind::kDelay, FaultKind::kDelay), 1U);
  EXPECT_EQ(coverage.together(FaultKind::kDelay, FaultKind::kReset), 0U);
  Coverage more;
  more.count(plan, died_with_an_answer());
  coverage.add(more);
  EXPECT_EQ(coverage.together(FaultKind::kDelay, FaultKind::kWebhookDrop), 2U);
  EXPECT_EQ(coverage.schedules(), 3U);
}

TEST(Coverage, NamesWhatWasNeverTried) {
  Coverage coverage;
  coverage.count({}, died_with_an_answer());
  const std::string text = coverage.text();
  EXPECT_NE(text.find("3 of 46 kinds came about; never:"), std::string::npos) << text;
  EXPECT_NE(text.find("server-error,"), std::string::npos) << text;
  EXPECT_NE(text.find("3 of their 3 pairs came together"), std::string::npos) << text;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(end - begin, 80U) << text.substr(begin, end - begin);
    begin = end + 1;
  }
  const nlohmann::ordered_json json = coverage.json();
  EXPECT_EQ(json["kinds"]["delay"]["first"], 1);
  EXPECT_EQ(json["never"].size(), kFaultKinds - 3);
}

// What the draw says it has and what strikes are seen by different eyes.
TEST(Coverage, SeesWhatScenariosDo) {
  Coverage coverage;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const DrawnSchedule drawn = draw_schedule(seed, {});
    coverage.count(drawn.scenario.plan, explore(drawn.scenario, {}).history);
  }
  for (const auto kind : {FaultKind::kReset, FaultKind::kOddCursors, FaultKind::kWebhookDrop,
                          FaultKind::kKillAtStoreCall, FaultKind::kClockJump, FaultKind::kKill}) {
    EXPECT_GT(coverage.together(kind, kind), 0U) << word_of(kind);
  }
  EXPECT_EQ(coverage.struck(FaultKind::kReset, LoopPhase::kDown), 0U);
  EXPECT_GT(coverage.struck(FaultKind::kInvalidCursor, LoopPhase::kResume), 0U);
  EXPECT_EQ(coverage.struck(FaultKind::kInvalidCursor, LoopPhase::kFirst), 0U);
}

}  // namespace
}  // namespace terapi::conformance
