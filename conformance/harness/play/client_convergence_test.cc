// Whether a client asks without end, which is a question of how often, and not of how many times;
// and whether what it has stored cannot be read, or not yet.
#include "conformance/harness/play/client_convergence.h"

#include <gtest/gtest.h>

#include "conformance/harness/stage/process_client_stage.h"
#include "conformance/harness/stage/virtual_client_stage.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

bool is_endless(core::Duration poll, core::Duration between_requests) {
  ClientStageOptions options;
  options.world =
      R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]})";
  VirtualClientStage stage(options);
  EXPECT_TRUE(stage.open());
  for (int i = 1; i <= 600; ++i) {
    Exchange exchange;
    exchange.stream = "github/demo/Issue";
    exchange.asked_at = stage.now() + i * between_requests;
    stage.history().exchanges.push_back(std::move(exchange));
  }
  Plan plan;
  plan.client.poll = poll;
  Findings findings;
  ClientConvergence convergence(plan, stage, findings);
  return !convergence.wait(0s, false) && !findings.take().empty();
}

TEST(ClientConvergence, TakesAClientThatPollsForNoEndlessOne) {
  EXPECT_FALSE(is_endless(300ms, 300ms));
  EXPECT_FALSE(is_endless(300ms, 60ms)) << "by HEAD first, and sooner than it has to";
}

TEST(ClientConvergence, FindsOneThatAsksWithoutEnd) {
  EXPECT_TRUE(is_endless(300ms, 1ms));
  EXPECT_TRUE(is_endless(10min, 300ms)) << "who is to wait ten minutes";
}

// What comes of dumps by that command, of a client that lives and has gone on from a page.
std::vector<Finding> findings_of_dumps(const std::string& dump, bool went_on = true) {
  ClientStageOptions options;
  options.world = "{}";
  auto stage = ProcessClientStage::make(
      std::move(options),
      {.run = ": >\"$TERAPI_STATE_DIR/lock\"; exec tail -f /dev/null", .dump = dump});
  EXPECT_TRUE(stage);
  EXPECT_TRUE((*stage)->open());
  EXPECT_TRUE((*stage)->start_client(1));
  Exchange exchange;
  if (went_on) exchange.cursor = "of the first page";
  (*stage)->history().exchanges.push_back(std::move(exchange));
  const Plan plan;
  Findings findings;
  ClientConvergence(plan, **stage, findings).take_dump(false);
  return findings.take();
}

TEST(ClientConvergence, ADumpThatFailsWhileTheClientWorksIsTakenAgain) {
  const std::string locked_twice =
      "echo >>\"$TERAPI_STATE_DIR/tries\"; test $(wc -l <\"$TERAPI_STATE_DIR/tries\") -gt 2";
  EXPECT_TRUE(findings_of_dumps(locked_twice).empty());
  const auto found = findings_of_dumps("exit 127");
  ASSERT_EQ(found.size(), 1U) << "there is no such command, and will be none";
  EXPECT_EQ(found[0].verdict, Verdict::kFail);
}

TEST(ClientConvergence, WhoHasNeverGoneOnMayHaveNothingToDump) {
  EXPECT_TRUE(findings_of_dumps("exit 1", false).empty());
}

}  // namespace
}  // namespace terapi::conformance
