// What a receiver makes of the judge's own webhooks, and the judge of that.
#include "conformance/harness/play/judge_webhook.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

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

// Reads whatever comes, and answers all of it but the `unanswered` after the first.
class SlowReceiver {
 public:
  SlowReceiver(core::TestListener& listener, std::size_t unanswered)
      : port_(listener.port()), thread_([this, &listener, unanswered] {
          while (!ends_) {
            held_.push_back(std::make_unique<core::TestSocket>(listener.accept()));
            (void)held_.back()->read_request();
            if (held_.size() > 1 && held_.size() <= 1 + unanswered) continue;
            held_.back()->send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
          }
        }) {}
  ~SlowReceiver() {
    ends_ = true;
    core::TestSocket wakes = core::TestSocket::connect(port_);
    wakes.send("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    thread_.join();
  }

 private:
  std::uint16_t port_;
  std::atomic<bool> ends_{false};
  std::vector<std::unique_ptr<core::TestSocket>> held_;
  std::thread thread_;
};

// Of many that come at once some wait where nobody sees them, before a full queue.
TEST_F(JudgeWebhookTest, WhatWasLateInACrowdMayComeAgainAlone) {
  const SlowReceiver receives(*receiver_, 2);
  JudgeWebhook webhook;
  webhook.answer = JudgeWebhook::Answer::kAccepted;
  webhook.times = 4;
  webhook.answer_within = 1s;
  post_webhooks(webhook, *stage_, findings_);
  EXPECT_TRUE(findings_.take().empty());
  EXPECT_GE(stage_->history().webhooks.size(), 6U);
}

TEST_F(JudgeWebhookTest, WhoIsLateAloneIsLate) {
  const SlowReceiver receives(*receiver_, 1'000);
  JudgeWebhook webhook;
  webhook.answer = JudgeWebhook::Answer::kAccepted;
  webhook.times = 3;
  webhook.answer_within = 100ms;
  post_webhooks(webhook, *stage_, findings_);
  const auto found = findings_.take();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].actual, "timeout");
  EXPECT_EQ(stage_->history().webhooks.size(), 4U);
}

}  // namespace
}  // namespace terapi::conformance
