#include "conformance/laws/standard_webhook.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

// Of the specification's own example.
WebhookSeen example() {
  WebhookSeen seen;
  seen.signing_key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  seen.request.body = R"({"test": 2432232314})";
  seen.request.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                          {"webhook-timestamp", "1614265330"},
                          {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  return seen;
}

std::string clause_of(const WebhookSeen& seen) {
  Findings findings;
  check_standard_webhook(seen, findings);
  const auto kept = findings.take();
  return kept.empty() ? "" : kept.front().clause;
}

TEST(StandardWebhook, IsVerified) {
  WebhookSeen seen = example();
  EXPECT_EQ(clause_of(seen), "");
  seen.request.headers.set("webhook-timestamp", "1614265331");
  EXPECT_EQ(clause_of(seen), "HOOK-10");
}

TEST(StandardWebhook, MayHaveSeveralSignatures) {
  WebhookSeen seen = example();
  seen.request.headers.set("webhook-signature",
                           "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_EQ(clause_of(seen), "");
}

TEST(StandardWebhook, HasAllOfItOrNothing) {
  WebhookSeen seen = example();
  seen.request.headers.erase("webhook-timestamp");
  EXPECT_EQ(clause_of(seen), "HOOK-10");
  EXPECT_EQ(clause_of(WebhookSeen()), "");
}

std::string clause_of_attempts(std::int64_t seconds_told, core::Duration passed) {
  const WebhookSeen first = example();
  WebhookSeen later = example();
  later.at = first.at + passed;
  later.request.headers.set("webhook-timestamp", std::to_string(1614265330 + seconds_told));
  Findings findings;
  check_standard_attempts({&first, &later}, findings);
  const auto kept = findings.take();
  return kept.empty() ? "" : kept.front().clause;
}

// Whatever the clock, and on a slow machine too.
TEST(StandardWebhook, CarriesTheAttemptsOwnTime) {
  EXPECT_EQ(clause_of_attempts(600, 600s), "");
  EXPECT_EQ(clause_of_attempts(600, 690s), "");
  EXPECT_EQ(clause_of_attempts(0, 600s), "HOOK-8");
  EXPECT_EQ(clause_of_attempts(600, 0s), "HOOK-8");
}

TEST(StandardWebhook, KeepsItsId) {
  const WebhookSeen first = example();
  WebhookSeen later = example();
  later.request.headers.set("webhook-id", "another");
  Findings findings;
  check_standard_attempts({&first, &later}, findings);
  EXPECT_EQ(findings.take().front().clause, "HOOK-10");
}

}  // namespace
}  // namespace terapi::conformance
