#include "client/webhooks/webhook_receiver.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <tuple>

#include "client/webhooks/test_digest.h"
#include "core/json.h"
#include "core/rfc3339.h"

namespace terapi::client {
namespace {

constexpr const char* kSync =
    R"({"connectionId":"demo","from":"terapi","model":"Issue","modifiedAfter":"2024-01-01T00:00:00.000001+00:00","providerConfigKey":"github","responseResults":{"added":1,"deleted":0,"updated":0},"success":true,"syncName":"github-issues","syncType":"INCREMENTAL","syncVariant":"base","type":"sync"})";

// What the API sends: both values, of which the legacy one is SHA-256(key + body).
std::string legacy_hex(const std::string& key, const std::string& body) {
  return sha256_hex(key + body);
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
  EXPECT_EQ(hints_[0].modified_after, core::parse_rfc3339("2024-01-01T00:00:00.000001Z"));
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

TEST_F(WebhookReceiverTest, TakesASignatureListOnSeveralLines) {
  for (const auto& [first, second, status] : std::vector<std::tuple<std::string, std::string, int>>{
           {"new", "k1", 200}, {"k1", "new", 200}, {"new", "other", 401}}) {
    core::Request request = signed_request(R"({"type":"other"})", first);
    request.headers.add("x-terapi-hmac-sha256", hmac_hex(second, request.body));
    EXPECT_EQ(receiver_.handle(request).status, status) << first << " " << second;
  }
}

TEST_F(WebhookReceiverTest, TakesAByteOrderMark) {
  EXPECT_EQ(post("\xEF\xBB\xBF"
                 R"({"providerConfigKey":"g","connectionId":"c","model":"M"})"),
            200);
  EXPECT_EQ(hints_.size(), 1U);
}

TEST_F(WebhookReceiverTest, TakesNoHalfOfASurrogatePairForAName) {
  EXPECT_EQ(post(R"({"providerConfigKey":"g","connectionId":"c\ud83d","model":"M"})"), 400);
  EXPECT_EQ(
      post(R"({"providerConfigKey":"g","connectionId":"c","model":"M","syncVariant":"\ud83d"})"),
      200);
  ASSERT_EQ(hints_.size(), 1U);
  EXPECT_FALSE(hints_[0].variant);
}

TEST_F(WebhookReceiverTest, TheLegacySignatureAloneIsNotEnough) {
  core::Request request = signed_request(kSync);
  request.headers = {{"X-Terapi-Signature", legacy_hex("k1", kSync)}};
  EXPECT_EQ(receiver_.handle(request).status, 401);
  request.headers.add("X-Terapi-Hmac-Sha256", legacy_hex("k1", kSync));
  EXPECT_EQ(receiver_.handle(request).status, 401);
  EXPECT_TRUE(hints_.empty());
}

TEST_F(WebhookReceiverTest, BelievesTheSignatureWhateverTheContentType) {
  core::Request request = signed_request(kSync);
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "", "nonsense"}) {
    request.headers.set("Content-Type", type);
    EXPECT_EQ(receiver_.handle(request).status, 200) << type;
  }
  request.headers.erase("Content-Type");
  EXPECT_EQ(receiver_.handle(request).status, 200);
  EXPECT_EQ(hints_.size(), 5U);
}

TEST_F(WebhookReceiverTest, LeavesUnknownFieldsAlone) {
  EXPECT_EQ(post(R"({"connectionId":"c","providerConfigKey":"i","model":"M","new":{"a":[1e400]},)"
                 R"("responseResults":"odd","success":7,"model":"N"})"),
            200);
  ASSERT_EQ(hints_.size(), 1U);
  EXPECT_EQ(hints_[0].model, "N");  // the last one, where a key is repeated
}

TEST_F(WebhookReceiverTest, ReadsNullAsAbsent) {
  EXPECT_EQ(post(R"({"connectionId":"c","providerConfigKey":"i","model":"M",)"
                 R"("modifiedAfter":null,"syncVariant":null})"),
            200);
  ASSERT_EQ(hints_.size(), 1U);
  EXPECT_FALSE(hints_[0].variant);
  EXPECT_FALSE(hints_[0].modified_after);
}

TEST_F(WebhookReceiverTest, TheSameWebhookAgainIsTheSameHintAgain) {
  for (int i = 0; i < 100; ++i) EXPECT_EQ(post(kSync), 200);
  EXPECT_EQ(hints_.size(), 100U);
  EXPECT_EQ(hints_.back().model, hints_.front().model);
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
                           R"({"connectionId":"c","providerConfigKey":"i"})",
                           R"({"connectionId":"c","providerConfigKey":"i","model":"M")",
                           R"({"connectionId":"c","providerConfigKey":"i","model":"M"} x)"}) {
    EXPECT_EQ(post(body), 400) << body;
  }
  EXPECT_TRUE(hints_.empty());
  EXPECT_EQ(receiver_.counters().rejected.at("invalid_body"), 9U);
}

TEST_F(WebhookReceiverTest, NamesThePathOfEachFault) {
  for (const auto& [body, message] : std::vector<std::pair<std::string, std::string>>{
           {R"({"connectionId":7,"model":"M"})",
            "providerConfigKey is missing; expected a string; "
            "connectionId is 7; expected a string that is not empty"},
           {R"({"connectionId":"c","providerConfigKey":"i","model":null})",
            "model is null; expected a string that is not empty"},
           {"[]", "the document is an array; expected an object"}}) {
    const core::Response response = receiver_.handle(signed_request(body));
    EXPECT_EQ(response.status, 400) << body;
    const auto answer = core::json::Document::parse(response.body);
    ASSERT_TRUE(answer) << response.body;
    EXPECT_EQ(answer->root()["error"]["code"].string(), "invalid_body");
    EXPECT_EQ(answer->root()["error"]["message"].string(), message);
  }
  EXPECT_TRUE(hints_.empty());
}

TEST_F(WebhookReceiverTest, TakesWhatOnlyHelpsWhereItCanBeRead) {
  const std::string stream = R"("connectionId":"c","providerConfigKey":"i","model":"M",)";
  for (const char* rest : {R"("syncVariant":1})", R"("syncVariant":""})",
                           R"("modifiedAfter":["x"]})", R"("modifiedAfter":"soon"})"}) {
    EXPECT_EQ(receiver_.handle(signed_request("{" + stream + rest)).status, 200) << rest;
    ASSERT_FALSE(hints_.empty());
    EXPECT_FALSE(hints_.back().variant);
    EXPECT_FALSE(hints_.back().modified_after);
  }
  EXPECT_EQ(hints_.size(), 4U);
}

TEST_F(WebhookReceiverTest, SaysWhereTheJsonBreaks) {
  const core::Response response = receiver_.handle(signed_request("{\n  \"model\": nope}"));
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("line 2"), std::string::npos) << response.body;
}

TEST_F(WebhookReceiverTest, BoundsTheDepth) {
  const auto nested = [](std::size_t depth) {
    return R"({"connectionId":"c","providerConfigKey":"i","model":"M","x":)" +
           std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(post(nested(63)), 200);
  EXPECT_EQ(post(nested(64)), 400);
  EXPECT_EQ(post(nested(100'000)), 400);
}

TEST_F(WebhookReceiverTest, BoundsTheBody) {
  const std::string sync(kSync);
  const std::string longest = sync + std::string((1 << 20) - sync.size(), ' ');
  EXPECT_EQ(post(longest), 200);
  EXPECT_EQ(post(longest + " "), 413);
  EXPECT_EQ(hints_.size(), 1U);
}

TEST_F(WebhookReceiverTest, AnswersOnlyAtItsPathAndMethod) {
  core::Request request = signed_request(kSync);
  for (const auto& [method, target, status] :
       {std::tuple{"POST", "/webhooks/", 200}, std::tuple{"POST", "/webhooks?x=1", 200},
        std::tuple{"POST", "/%77ebhooks", 200}, std::tuple{"POST", "/webhooks/x", 404},
        std::tuple{"POST", "/webhooks//", 404}, std::tuple{"POST", "/Webhooks", 404},
        std::tuple{"POST", "/", 404}, std::tuple{"GET", "/other", 404},
        std::tuple{"POST", "/health", 405}, std::tuple{"post", "/webhooks", 405},
        std::tuple{"POST", "/web%zzhooks", 400}, std::tuple{"POST", "", 400},
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
  request.method = "DELETE";
  request.target = "/health";
  EXPECT_EQ(receiver_.handle(request).headers.get("Allow"), "GET");
  EXPECT_EQ(hints_.size(), 3U);
}

TEST_F(WebhookReceiverTest, AnswersErrorsInJson) {
  core::Request request;
  for (const char* target : {"/other", "/webhooks", "nonsense", "/\"quoted\""}) {
    request.target = target;
    const core::Response response = receiver_.handle(request);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
    const auto body = core::json::Document::parse(response.body);
    ASSERT_TRUE(body) << response.body;
    EXPECT_FALSE(body->root()["error"]["code"].string().empty());
    EXPECT_FALSE(body->root()["error"]["message"].string().empty());
  }
}

TEST_F(WebhookReceiverTest, CountsWhatItMadeOfEachWebhook) {
  post(kSync);
  post(R"({"type":"auth"})");
  post("nonsense");
  receiver_.handle(signed_request(kSync, "other key"));
  core::Request elsewhere = signed_request(kSync);
  elsewhere.target = "/other";
  receiver_.handle(elsewhere);
  const WebhookCounters& counters = receiver_.counters();
  EXPECT_EQ(counters.received, 4U);
  EXPECT_EQ(counters.hints, 1U);
  EXPECT_EQ(counters.ignored, 1U);
  const std::map<std::string, std::uint64_t> rejected = {
      {"invalid_body", 1}, {"invalid_signature", 1}, {"not_found", 1}};
  EXPECT_EQ(counters.rejected, rejected);
  EXPECT_FALSE(counters.last_received);  // it has no clock
}

TEST_F(WebhookReceiverTest, HandsOverTheHintBeforeItReturnsTheAnswer) {
  const core::Response response = receiver_.handle(signed_request(kSync));
  EXPECT_EQ(hints_.size(), 1U);
  EXPECT_EQ(response.body, R"({"received":true})");
}

TEST(WebhookReceiver, RemembersWhenTheLastVerifiedOneCame) {
  core::VirtualClock clock;
  WebhookReceiver receiver({.signing_keys = {"k"}, .clock = &clock}, [](const Hint&) {});
  core::Request request;
  request.method = "POST";
  request.target = "/webhooks";
  request.headers = {{"X-Terapi-Hmac-Sha256", hmac_hex("k", kSync)}};
  request.body = kSync;
  receiver.handle(request);
  const core::Time first = clock.now();
  EXPECT_EQ(receiver.counters().last_received, first);
  clock.advance_by(std::chrono::seconds(5));
  request.body += " ";
  receiver.handle(request);
  EXPECT_EQ(receiver.counters().last_received, first);
}

TEST(WebhookReceiver, WithoutAKeyNothingIsVerified) {
  for (const std::vector<std::string>& keys :
       {std::vector<std::string>{}, std::vector<std::string>{""}}) {
    int hints = 0;
    WebhookReceiver receiver({.signing_keys = keys}, [&](const Hint&) { ++hints; });
    core::Request request;
    request.method = "POST";
    request.target = "/webhooks";
    request.headers = {{"X-Terapi-Hmac-Sha256", hmac_hex("", kSync)}};
    request.body = kSync;
    EXPECT_EQ(receiver.handle(request).status, 401);
    EXPECT_EQ(hints, 0);
  }
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
  request.headers = {{"X-Terapi-Hmac-Sha256", hmac_hex("k", kSync)}};
  EXPECT_EQ(receiver.handle(request).status, 401);
  EXPECT_EQ(hints, 1);
}

}  // namespace
}  // namespace terapi::client
