// Whether a client asks without end, which is a question of how often, and not of how many times.
#include "conformance/harness/play/client_convergence.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace terapi::conformance
