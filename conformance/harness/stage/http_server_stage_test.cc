// How a server is asked that is not ours: as often as a run may, and as it says.
#include "conformance/harness/stage/http_server_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "conformance/harness/play/play_scenario.h"
#include "core/system/test_server.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Answers 429 where `limits` says so of the n-th request, from 1.
class LimitedServer {
 public:
  explicit LimitedServer(std::function<bool(int)> limits)
      : server_({}, [this, limits = std::move(limits)](
                        const core::Request&, const std::function<void(core::Outcome)>& done) {
          const bool over = limits(++asked_);
          done(core::Outcome{{over ? 429 : 200, {}, R"({"records":[],"next_cursor":null})"}, {}});
        }) {}
  HttpServerStageOptions options() const {
    HttpServerStageOptions options;
    options.base_url = server_.url("");
    options.secret_key = "the-key";
    options.untold_wait = 1ms;
    return options;
  }
  int asked() const { return asked_; }

 private:
  std::atomic<int> asked_ = 0;
  core::TestServer server_;
};

core::Request some_records() {
  core::Request request;
  request.target = "/records?model=Issue";
  return request;
}

TEST(HttpServerStageWithoutControl, WaitsWhereTheServerLimitsThoughItSaysNotHowLong) {
  const LimitedServer server([](int nth) { return nth == 2 || nth == 3; });
  HttpServerStageOptions options = server.options();
  std::vector<core::Duration> waits;
  options.on_limited = [&](core::Duration wait) { waits.push_back(wait); };
  auto stage = HttpServerStage::make(options);
  ASSERT_TRUE(stage) << stage.error().message;
  EXPECT_EQ((*stage)->call(some_records())->status, 200);
  EXPECT_EQ(server.asked(), 4);
  EXPECT_EQ(waits, (std::vector<core::Duration>{1ms, 2ms}));
}

TEST(HttpServerStageWithoutControl, AsksNoMoreThanTheRunMay) {
  const LimitedServer server([](int) { return false; });
  HttpServerStageOptions options = server.options();
  options.budget = std::make_shared<RequestBudget>(RequestBudget::Limits{.requests = 3});
  auto stage = HttpServerStage::make(options);  // one of them
  ASSERT_TRUE(stage) << stage.error().message;
  EXPECT_TRUE((*stage)->call(some_records()));
  EXPECT_TRUE((*stage)->call(some_records()));
  EXPECT_EQ((*stage)->out_of_budget(), "");
  const auto refused = (*stage)->call(some_records());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "out_of_budget");
  EXPECT_THAT((*stage)->out_of_budget(), HasSubstr("--max-requests"));
  EXPECT_EQ(server.asked(), 3);
  EXPECT_EQ(HttpServerStage::make(options).error().code, "out_of_budget");
}

TEST(HttpServerStageWithoutControl, TakesItsTurnAndTellsOfIt) {
  const LimitedServer server([](int) { return false; });
  HttpServerStageOptions options = server.options();
  options.budget = std::make_shared<RequestBudget>(RequestBudget::Limits{.per_second = 20});
  std::uint64_t told = 0;
  options.on_asked = [&](const RequestBudget& budget, core::Time) { told = budget.asked(); };
  auto stage = HttpServerStage::make(options);
  ASSERT_TRUE(stage) << stage.error().message;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE((*stage)->call(some_records()));
  EXPECT_GE(std::chrono::steady_clock::now() - began, 140ms);
  EXPECT_EQ(told, 5U);
}

Scenario scenario_of(const std::string& steps) {
  auto scenario = Scenario::parse(
      R"({"id":"server/x","title":"t","why":"w","clauses":["CUR-2"],"judges":"server",)"
      R"("kills_none":"it is a test","any_data":true,"steps":)" +
          steps + "}",
      "x.json");
  EXPECT_TRUE(scenario) << scenario.error().message;
  return *scenario;
}

// A limit is no defect, and neither is what is not answered because of one.
TEST(HttpServerStageWithoutControl, NobodyFailsForWhatWasNotAskedAnyMore) {
  const LimitedServer server([](int nth) { return nth > 3; });
  HttpServerStageOptions options = server.options();
  options.budget = std::make_shared<RequestBudget>(RequestBudget::Limits{});
  auto stage = HttpServerStage::make(options);
  ASSERT_TRUE(stage) << stage.error().message;
  const ScenarioResult result =
      play_server(scenario_of(R"([{"get":{}},{"get":{}},{"read":"all"},{"law":"limits"}])"),
                  **stage, {.read_only = true});
  EXPECT_EQ(result.verdict, Verdict::kSkip) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr("the server limits how often it is asked (429)"));
  EXPECT_TRUE(result.findings.empty());
}

TEST(HttpServerStageWithoutControl, WhatWasFoundBeforeStays) {
  const LimitedServer server([](int) { return false; });
  HttpServerStageOptions options = server.options();
  options.budget = std::make_shared<RequestBudget>(RequestBudget::Limits{.requests = 2});
  auto stage = HttpServerStage::make(options);
  ASSERT_TRUE(stage) << stage.error().message;
  const ScenarioResult result =
      play_server(scenario_of(R"([{"get":{},"expect":{"count":7}},{"get":{}},{"read":"all"}])"),
                  **stage, {.read_only = true});
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.findings.size(), 1U);
}

}  // namespace
}  // namespace terapi::conformance
