#include "client/webhooks/webhook_receiver.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "client/timestamp.h"

namespace terapi::client {
namespace {

constexpr const char* kSync =
    R"({"connectionId":"demo","from":"terapi","model":"Issue","modifiedAfter":"2024-01-01T00:00:00.000001+00:00","providerConfigKey":"github","responseResults":{"added":1,"deleted":0,"updated":0},"success":true,"syncName":"github-issues","syncType":"INCREMENTAL","syncVariant":"base","type":"sync"})";

std::string hmac_hex(const std::string& key, const std::string& body) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), &size);
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

class WebhookReceiverTest : public testing::Test {
 protected:
  core::Request signed_request(const std::string& body, const std::string& key = "k1") {
    core::Request request;
    request.method = "POST";
    request.target = "/webhooks";
    request.headers = {{"Content-Type", "application/json"},
                       {"X-Terapi-Hmac-Sha256", hmac_hex(key, body)}};
    request.body = body;
    return request;
  }
  int post(const std::string& body) { return receiver_.handle(signed_request(body)).status; }

  std::vector<Hint> hints_;
  WebhookReceiver receiver_{{.signing_keys = {"k1"}},
                            [this](const Hint& hint) { hints_.push_back(hint); }};
};

TEST_F(WebhookReceiverTest, TurnsASyncWebhookIntoAHint) {
  EXPECT_EQ(post(kSync), 200);
  ASSERT_EQ(hints_.size(), 1U);
  EXPECT_EQ(hints_[0].integration, "github");
  EXPECT_EQ(hints_[0].connection, "demo");
  EXPECT_EQ(hints_[0].model, "Issue");
  EXPECT_EQ(hints_[0].variant, "base");
  EXPECT_EQ(hints_[0].modified_after, parse_timestamp("2024-01-01T00:00:00.000001Z"));
  EXPECT_EQ(receiver_.counters().hints, 1U);
}

TEST_F(WebhookReceiverTest, TakesTheGuidesBodyWithoutTypeAndVariant) {
  EXPECT_EQ(post(R"({"connectionId":"c","providerConfigKey":"i","model":"M","syncName":"s"})"),
            200);
  ASSERT_EQ(hints_.size(), 1U);
  EXPECT_FALSE(hints_[0].variant);
  EXPECT_FALSE(hints_[0].modified_after);
}

TEST_F(WebhookReceiverTest, AFailedRunIsAHintToo) {
  EXPECT_EQ(
      post(
          R"({"connectionId":"c","providerConfigKey":"i","model":"M","type":"sync","success":false})"),
      200);
  EXPECT_EQ(hints_.size(), 1U);
}

TEST_F(WebhookReceiverTest, IgnoresOtherTypesWithSuccess) {
  for (const char* body :
       {R"({"type":"auth","connectionId":"c"})", R"({"type":"forward"})",
        R"({"type":"async_action"})", R"({"type":"tomorrow"})", R"({"type":7})"}) {
    EXPECT_EQ(post(body), 200) << body;
  }
  EXPECT_TRUE(hints_.empty());
  EXPECT_EQ(receiver_.counters().ignored, 5U);
}

TEST_F(WebhookReceiverTest, RefusesWhatIsNotSigned) {
  core::Request request = signed_request(kSync, "other key");
  EXPECT_EQ(receiver_.handle(request).status, 401);
  request.headers.erase("X-Terapi-Hmac-Sha256");
  EXPECT_EQ(receiver_.handle(request).status, 401);
  request = signed_request(kSync);
  request.body += " ";  // the same JSON, other bytes
  EXPECT_EQ(receiver_.handle(request).status, 401);
  // Unsigned garbage is not even parsed.
  request.body = std::string(1000, '[');
  EXPECT_EQ(receiver_.handle(request).status, 401);
  EXPECT_TRUE(hints_.empty());
  EXPECT_EQ(receiver_.counters().rejected.at("invalid_signature"), 4U);
}

TEST_F(WebhookReceiverTest, TheLegacySignatureAloneIsNotEnough) {
  core::Request request = signed_request(kSync);
  request.headers = {{"X-Terapi-Signature", hmac_hex("k1", kSync)}};
  EXPECT_EQ(receiver_.handle(request).status, 401);
}

TEST_F(WebhookReceiverTest, NeverShowsAKeyOrTheRightSignature) {
  core::Request request = signed_request(kSync);
  request.headers.set("X-Terapi-Hmac-Sha256", std::string(64, '0'));
  const core::Response response = receiver_.handle(request);
  EXPECT_EQ(response.body.find(hmac_hex("k1", kSync)), std::string::npos);
  EXPECT_EQ(response.body.find("k1"), std::string::npos) << response.body;
}

TEST_F(WebhookReceiverTest, SaysWhatIsWrongWithASignedBody) {
  for (const char* body : {"", "nonsense", "[]", R"({"type":"sync"})",
                           R"({"connectionId":7,"providerConfigKey":"i","model":"M"})",
                           R"({"connectionId":"c","providerConfigKey":"","model":"M"})",
                           R"({"connectionId":"c","providerConfigKey":"i"})"}) {
    EXPECT_EQ(post(body), 400) << body;
  }
  EXPECT_EQ(post(std::string(100, '[') + std::string(100, ']')), 400);
  EXPECT_TRUE(hints_.empty());
}

TEST_F(WebhookReceiverTest, BoundsTheBody) {
  EXPECT_EQ(post(std::string((1 << 20) + 1, ' ')), 413);
}

TEST_F(WebhookReceiverTest, AnswersOnlyAtItsPathAndMethod) {
  core::Request request = signed_request(kSync);
  for (const auto& [method, target, status] :
       {std::tuple{"POST", "/webhooks/", 200}, std::tuple{"POST", "/webhooks?x=1", 200},
        std::tuple{"POST", "/other", 404}, std::tuple{"GET", "/webhooks", 405},
        std::tuple{"PUT", "/webhooks", 405}, std::tuple{"GET", "/health", 200},
        std::tuple{"POST", "nonsense", 400}}) {
    request.method = method;
    request.target = target;
    EXPECT_EQ(receiver_.handle(request).status, status) << method << " " << target;
  }
  request.method = "GET";
  request.target = "/webhooks";
  EXPECT_EQ(receiver_.handle(request).headers.get("Allow"), "POST");
}

TEST(WebhookReceiver, HoldsTwoKeysDuringARotation) {
  int hints = 0;
  WebhookReceiver receiver({.signing_keys = {"new", "old"}}, [&](const Hint&) { ++hints; });
  for (const char* key : {"old", "new", "older"}) {
    core::Request request;
    request.method = "POST";
    request.target = "/webhooks";
    request.headers = {{"X-Terapi-Hmac-Sha256", hmac_hex(key, kSync)}};
    request.body = kSync;
    receiver.handle(request);
  }
  EXPECT_EQ(hints, 2);
}

TEST(WebhookReceiver, SpeaksTheNangoDialect) {
  int hints = 0;
  WebhookReceiver receiver({.dialect = &nango_dialect(), .signing_keys = {"k"}},
                           [&](const Hint&) { ++hints; });
  core::Request request;
  request.method = "POST";
  request.target = "/webhooks";
  request.headers = {{"X-Nango-Hmac-Sha256", hmac_hex("k", kSync)}};
  request.body = kSync;
  EXPECT_EQ(receiver.handle(request).status, 200);
  EXPECT_EQ(hints, 1);
}

}  // namespace
}  // namespace terapi::client
