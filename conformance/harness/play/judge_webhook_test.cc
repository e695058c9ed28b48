// What a receiver makes of the judge's own webhooks, and the judge of that.
#include "conformance/harness/play/judge_webhook.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "conformance/harness/stage/process_client_stage.h"
#include "core/system/test_socket.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

// A client that tells its port, and lets the test listen there.
class JudgeWebhookTest : public testing::Test {
 protected:
  void SetUp() override {
    ClientStageOptions options;
    options.world =
        R"({"integrations":[{"id":"github"}],"connections":[{"id":"demo","integration":"github"}]})";
    auto made = ProcessClientStage::make(
        std::move(options),
        {.run = "echo $TERAPI_WEBHOOK_PORT; exec tail -f /dev/null", .dump = ""});
    ASSERT_TRUE(made);
    stage_ = *std::move(made);
    ASSERT_TRUE(stage_->open());
    ASSERT_TRUE(stage_->start_client(1));
    ASSERT_TRUE(stage_->run_until([this] { return stage_->output(1).ends_with('\n'); }, 30s));
    receiver_ = std::make_unique<core::TestListener>(
        static_cast<std::uint16_t>(std::strtoul(stage_->output(1).c_str(), nullptr, 10)));
  }

  std::unique_ptr<ClientStage> stage_;
  std::unique_ptr<core::TestListener> receiver_;
  Findings findings_;
};

// HOOK-6: as a sender does, to a receiver whose queue was full for a moment.
TEST_F(JudgeWebhookTest, IsSentAgainWhenItsConnectionBreaks) {
  std::string first;
  std::string second;
  std::thread receives([&] {
    core::TestSocket broken = receiver_->accept();
    first = broken.read_request();
    broken.abort();
    core::TestSocket socket = receiver_->accept();
    second = socket.read_request();
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  JudgeWebhook webhook;
  webhook.answer = JudgeWebhook::Answer::kAccepted;
  post_webhooks(webhook, *stage_, findings_);
  receives.join();
  EXPECT_TRUE(findings_.take().empty());
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(first, second);
}

TEST_F(JudgeWebhookTest, IsNotSentAgainWhenItIsRefused) {
  std::thread receives([&] {
    core::TestSocket socket = receiver_->accept();
    (void)socket.read_request();
    socket.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  JudgeWebhook webhook;
  webhook.answer = JudgeWebhook::Answer::kAccepted;
  post_webhooks(webhook, *stage_, findings_);
  receives.join();
  EXPECT_EQ(findings_.take().size(), 1U);
  EXPECT_EQ(stage_->history().webhooks.size(), 1U);
}

}  // namespace
}  // namespace terapi::conformance
