// The faults of webhooks and of the store.
#include <gmock/gmock.h>

#include "core/hex.h"
#include "core/hmac.h"
#include "simulator/test_simulator.h"

namespace terapi::simulator {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class WebhookFault : public testing::Test {
 public:
  void SetUp() override { s.send_webhooks(); }
  void on_webhook(const std::string& rest) {
    s.faults(R"({"id":"it","on":"webhook",)" + rest + "}");
  }
  // What a careful receiver checks.
  static bool verifies(const core::Request& request) {
    const std::string key(kDefaultSecretKey);
    return header(request.headers, "X-Terapi-Hmac-Sha256") ==
               core::hex(core::hmac_sha256(key, request.body)) &&
           header(request.headers, "X-Terapi-Signature") ==
               core::hex(core::sha256(key + request.body));
  }
  std::vector<int> added_counts() const {
    std::vector<int> counts;
    for (const auto& request : s.receiver().requests()) {
      counts.push_back(Json::parse(request.body)["responseResults"]["added"]);
    }
    return counts;
  }
  mutable InProcessSimulator s;
};
using StoreFault = WebhookFault;

TEST_F(WebhookFault, DropLosesTheWebhookForGood) {
  on_webhook(R"("nth":[1],"do":{"drop":true})");
  const Json lost = s.save({"a"});
  const Json kept = s.save({"b"});
  s.run_until_idle();
  EXPECT_THAT(s.receiver().requests(), SizeIs(1));
  const Json delivery = s.delivery(lost);
  EXPECT_EQ(delivery["state"], "dropped");
  EXPECT_EQ(delivery["dropped_by"], "it");
  EXPECT_THAT(delivery["attempts"], IsEmpty());
  EXPECT_EQ(s.delivery(kept)["state"], "delivered");
  EXPECT_EQ(s.fired("it"), 1);
}

TEST_F(WebhookFault, DuplicatesHaveOneDeliveryId) {
  on_webhook(R"("do":{"duplicate":3})");
  const Json run = s.save({"a"});
  s.run_until_idle();
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(3));
  for (const auto& request : requests) {
    EXPECT_EQ(request.body, requests[0].body);
    EXPECT_EQ(request.headers, requests[0].headers);
    EXPECT_TRUE(verifies(request));
  }
  EXPECT_EQ(s.delivery(run)["state"], "delivered");
}

TEST_F(WebhookFault, DelaySendsItLater) {
  on_webhook(R"("do":{"delay":"10m"})");
  const Json run = s.save({"a"});
  s.advance("599999999us");
  EXPECT_THAT(s.receiver().requests(), IsEmpty());
  s.advance("1us");
  EXPECT_THAT(s.receiver().requests(), SizeIs(1));
  EXPECT_EQ(s.delivery(run)["attempts"][0]["at"], "2024-01-01T00:10:00.000000+00:00");
}

TEST_F(WebhookFault, ReorderLetsTheNextOneGoFirst) {
  on_webhook(R"("nth":[1],"do":{"reorder":true})");
  s.save({"a"});
  s.save({"b", "c"});
  s.run_until_idle();
  EXPECT_THAT(added_counts(), ElementsAre(2, 1));
  EXPECT_EQ(s.now(), "2024-01-01T00:00:00.000000+00:00");
}

TEST_F(WebhookFault, ReorderWaitsAMinuteAtMost) {
  on_webhook(R"("do":{"reorder":true})");
  const Json run = s.save({"a"});
  s.advance("59s");
  EXPECT_THAT(s.receiver().requests(), IsEmpty());
  EXPECT_EQ(s.delivery(run)["state"], "held");
  EXPECT_EQ(s.delivery(run)["held_by"], "fault:it");
  s.advance("1s");
  EXPECT_EQ(s.delivery(run)["state"], "delivered");
}

// HOOK-9: whoever verifies finds out.
TEST_F(WebhookFault, ForgeIsFoundByVerification) {
  on_webhook(R"("do":{"forge":"signature"})");
  s.save({"a"});
  on_webhook(R"("do":{"forge":"body"})");
  s.save({"b"});
  s.ok("DELETE", "/faults");
  s.save({"c"});
  const auto requests = s.receiver().requests();
  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_FALSE(verifies(requests[0]));
  EXPECT_FALSE(verifies(requests[1]));
  EXPECT_TRUE(verifies(requests[2]));
  EXPECT_EQ(Json::parse(requests[1].body)["model"], "Issue");  // still JSON
  const std::string key(kDefaultSecretKey);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NE(header(requests[i].headers, "X-Terapi-Signature"),
              core::hex(core::sha256(key + requests[i].body)));
    EXPECT_NE(header(requests[i].headers, "X-Terapi-Hmac-Sha256"),
              core::hex(core::hmac_sha256(key, requests[i].body)));
    EXPECT_EQ(header(requests[i].headers, "X-Terapi-Hmac-Sha256").size(), 64U);
  }
}

// A forged attempt that was refused is followed by an honest one.
TEST_F(WebhookFault, StrikesSingleAttempts) {
  on_webhook(R"("match":{"attempt":1},"do":{"forge":"body"})");
  s.receiver().set_answer([](const core::Request& request) {
    return TestReceiver::status(verifies(request) ? 200 : 401);
  });
  const Json run = s.save({"a"});
  s.run_until_idle();
  const Json delivery = s.delivery(run);
  EXPECT_EQ(delivery["state"], "delivered");
  ASSERT_THAT(delivery["attempts"], SizeIs(2));
  EXPECT_EQ(delivery["attempts"][0]["fault"], "it");
  EXPECT_TRUE(delivery["attempts"][1]["fault"].is_null());
}

TEST_F(WebhookFault, DropsARetry) {
  on_webhook(R"("match":{"attempt":3},"do":{"drop":true})");
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  s.run_until_idle();
  EXPECT_EQ(s.delivery(run)["state"], "dropped");
  EXPECT_THAT(s.receiver().requests(), SizeIs(2));
}

TEST_F(WebhookFault, DelaysARetry) {
  on_webhook(R"("match":{"attempt":2},"do":{"delay":"1h"})");
  s.receiver().answer_with(500);
  const Json run = s.save({"a"});
  s.advance("59m");
  EXPECT_THAT(s.receiver().requests(), SizeIs(1));
  s.run_until_idle();
  EXPECT_THAT(s.receiver().requests(), SizeIs(7));
  EXPECT_EQ(s.fired("it"), 1);
}

TEST_F(WebhookFault, MatchesDeliveryUrlTypeAndStream) {
  s.send_webhooks_to({s.receiver_url("/one"), s.receiver_url("/two")});
  on_webhook(
      R"("match":{"url":"*/two","type":"sync","model":"Issue","connection":"demo"},"do":{"drop":true})");
  s.save({"a"});
  s.run(R"("model":"Label","save":[{"id":"x"}])");
  s.run_until_idle();
  EXPECT_THAT(s.receiver().requests(), SizeIs(3));
}

// HOOK-4 broken on purpose.
TEST_F(WebhookFault, BeforeCommitArrivesBeforeItsDataCanBeRead) {
  s.save({"old"});
  const std::string cursor = cursor_of(s.page()["records"][0]);
  s.receiver().forget();
  std::vector<std::size_t> seen;
  s.receiver().set_answer([&](const core::Request&) {
    seen.push_back(s.page({{"cursor", cursor}})["records"].size());
    return TestReceiver::status(200);
  });
  on_webhook(R"("do":{"before_commit":true})");
  s.save({"new"});
  EXPECT_THAT(seen, ElementsAre(0U));
  s.advance("999999us");
  EXPECT_THAT(s.page({{"cursor", cursor}})["records"], IsEmpty());
  s.advance("1us");
  const Json records = s.page({{"cursor", cursor}})["records"];
  ASSERT_THAT(records, SizeIs(1));
  // It is committed when it becomes visible, so CUR-8 holds.
  EXPECT_EQ(metadata(records[0])["last_modified_at"], "2024-01-01T00:00:01.000000+00:00");
  EXPECT_EQ(metadata(records[0])["first_seen_at"], metadata(records[0])["last_modified_at"]);
}

// CUR-8 holds under before_commit, whoever writes meanwhile.
TEST_F(WebhookFault, BeforeCommitKeepsCommitOrder) {
  s.faults(R"({"id":"it","on":"webhook","nth":[1],"do":{"before_commit":"5s"}})");
  s.save({"early"});
  s.advance("1s");
  s.save({"between"});
  const std::string cursor = cursor_of(s.page()["records"][0]);
  s.advance("4s");
  EXPECT_THAT(ids_of(s.page({{"cursor", cursor}})["records"]), ElementsAre("early"));
}

// CUR-8 broken on purpose: what a reader has passed turns up behind it.
TEST_F(StoreFault, LateCommitTurnsUpBehindACursorThatWasGivenOut) {
  s.faults(R"({"id":"late","on":"store","nth":[1],"do":{"late_commit":"10s"}})");
  s.save({"late"});
  EXPECT_THAT(s.page()["records"], IsEmpty());
  s.advance("5s");
  s.save({"on-time"});
  const Json page = s.page();
  ASSERT_THAT(ids_of(page["records"]), ElementsAre("on-time"));
  const std::string cursor = cursor_of(page["records"][0]);
  s.advance("4999999us");
  EXPECT_THAT(ids_of(s.page()["records"]), ElementsAre("on-time"));
  s.advance("1us");
  EXPECT_THAT(ids_of(s.page()["records"]), ElementsAre("late", "on-time"));
  EXPECT_THAT(s.page({{"cursor", cursor}})["records"], IsEmpty());  // lost to this reader
  EXPECT_EQ(s.fired("late"), 1);
}

// HOOK-4 holds for a late commit: its webhook waits for the data.
TEST_F(StoreFault, LateCommitsWebhookWaitsForItsData) {
  s.faults(R"({"id":"late","on":"store","match":{"model":"Issue"},"do":{"late_commit":"10s"}})");
  const Json run = s.save({"late"});
  EXPECT_EQ(s.delivery(run)["state"], "held");
  s.advance("9s");
  EXPECT_THAT(s.receiver().requests(), IsEmpty());
  s.advance("1s");
  EXPECT_THAT(s.receiver().requests(), SizeIs(1));
}

// Whoever commits later wins: a late commit never overwrites what was written after it.
TEST_F(StoreFault, LateCommitNeverOverwritesANewerVersion) {
  s.faults(R"({"id":"late","on":"store","nth":[1],"do":{"late_commit":"10s"}})");
  s.save({"a"}, 1);
  s.advance("1s");
  s.save({"a"}, 2);
  s.advance("10s");
  const Json records = s.page()["records"];
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0]["n"], 2);
}

// A reset takes back what was to come, too: nothing of before turns up in what comes after.
TEST_F(StoreFault, AResetForgetsLateCommits) {
  const std::string rule = R"({"id":"late","on":"store","do":{"late_commit":")";
  s.faults(rule + "10s\"}}");
  s.save({"before"});
  s.ok("POST", "/reset");
  s.faults(rule + "60s\"}}");
  s.save({"after"});
  s.advance("59s");
  EXPECT_THAT(s.page()["records"], IsEmpty());
  s.advance("1s");
  EXPECT_THAT(ids_of(s.page()["records"]), ElementsAre("after"));
}

}  // namespace
}  // namespace terapi::simulator
