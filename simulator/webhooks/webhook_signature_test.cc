#include "simulator/webhooks/webhook_signature.h"

#include <gtest/gtest.h>

#include "core/base64.h"
#include "core/hmac.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;

const Time kSignedAt = core::VirtualClock::start_of_time();

std::string value(const core::Headers& headers, std::string_view name) {
  return std::string(headers.get(name).value_or("none"));
}

// HOOK-9: test case 2 of RFC 4231, and Wikipedia's well-known one.
TEST(WebhookSignature, AgreesWithPublishedHmacVectors) {
  EXPECT_EQ(hmac_signature("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac_signature("key", "The quick brown fox jumps over the lazy dog"),
            "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
  EXPECT_EQ(hmac_signature(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  // A key longer than a block (RFC 4231, test case 6).
  EXPECT_EQ(hmac_signature(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// HOOK-9
TEST(WebhookSignature, SignsTheEmptyBody) {
  EXPECT_EQ(hmac_signature("", ""),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(legacy_signature("", ""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// HOOK-9: FIPS 180's "abc", however it is split into key and body.
TEST(WebhookSignature, LegacyIsTheHashOfKeyAndBody) {
  constexpr std::string_view kAbc =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(legacy_signature("a", "bc"), kAbc);
  EXPECT_EQ(legacy_signature("abc", ""), kAbc);
}

// HOOK-9: bytes, not characters: UTF-8, escapes and NUL are signed as they stand.
TEST(WebhookSignature, ReadsBytesNotText) {
  const std::string raw = "{\"a\":\"\xC3\xA9\"}";
  const std::string escaped = R"({"a":"\u00e9"})";
  EXPECT_NE(hmac_signature("k", raw), hmac_signature("k", escaped));
  EXPECT_NE(hmac_signature("k", raw), hmac_signature("k", raw + " "));
  EXPECT_NE(hmac_signature("k", std::string("a\0b", 3)), hmac_signature("k", "a"));
  EXPECT_EQ(hmac_signature("k", raw),
            "01935d556f26924a4fd9329ba8f8bb82a26fc6d8b03f39cca2a1e811942fef74");
}

// HOOK-9
TEST(WebhookSignature, DiffersForAWrongKeyAndForEachAlteredByte) {
  const std::string body = R"({"connectionId":"demo","success":true})";
  const std::string good = hmac_signature("right", body);
  EXPECT_NE(hmac_signature("wrong", body), good);
  EXPECT_NE(hmac_signature("right ", body), good);
  EXPECT_NE(legacy_signature("wrong", body), legacy_signature("right", body));
  for (std::size_t i = 0; i < body.size(); ++i) {
    std::string altered = body;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_NE(hmac_signature("right", altered), good) << i;
    EXPECT_NE(legacy_signature("right", altered), legacy_signature("right", body)) << i;
  }
}

// HOOK-9: the signing key defaults to the secret key.
TEST(WebhookSignature, UsesTheSecretKeyWhereNoSigningKeyIsSet) {
  Settings settings;
  settings.secret_key = "secret";
  core::Headers headers = signature_headers(settings, terapi_dialect(), "body", kSignedAt);
  EXPECT_EQ(value(headers, "X-Terapi-Hmac-Sha256"), hmac_signature("secret", "body"));
  EXPECT_EQ(value(headers, "X-Terapi-Signature"), legacy_signature("secret", "body"));
  EXPECT_EQ(value(headers, "webhook-id"), "none");
  settings.signing_key = "signing";
  headers = signature_headers(settings, terapi_dialect(), "body", kSignedAt);
  EXPECT_EQ(value(headers, "X-Terapi-Hmac-Sha256"), hmac_signature("signing", "body"));
  EXPECT_EQ(value(headers, "X-Terapi-Signature"), legacy_signature("secret", "body"));
  headers = signature_headers(settings, nango_dialect(), "body", kSignedAt);
  EXPECT_EQ(value(headers, "X-Nango-Signature"), legacy_signature("signing", "body"))
      << "its client verifies both headers with one key";
}

// HOOK-9
TEST(WebhookSignature, GivesBothKeysValuesUntilTheOverlapEnds) {
  Settings settings;
  settings.secret_key = "secret";
  settings.signing_key = "new";
  settings.previous_signing_key = "old";
  settings.previous_signing_key_until = kSignedAt + 1s;
  const auto hmac = [&](const Dialect& dialect, Time now) {
    return value(signature_headers(settings, dialect, "body", now), dialect.hmac_header);
  };
  const std::string both = hmac_signature("new", "body") + "," + hmac_signature("old", "body");
  EXPECT_EQ(hmac(terapi_dialect(), kSignedAt), both);
  EXPECT_EQ(hmac(terapi_dialect(), kSignedAt + 999999us), both);
  EXPECT_EQ(hmac(terapi_dialect(), kSignedAt + 1s), hmac_signature("new", "body"));
  EXPECT_EQ(hmac(nango_dialect(), kSignedAt), hmac_signature("new", "body"));
}

// HOOK-10: the vector of the Standard Webhooks reference libraries.
TEST(WebhookSignature, MakesStandardWebhooksHeaders) {
  Settings settings;
  settings.secret_key = "secret";
  settings.signing_key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  settings.standard_webhooks = true;
  const Time now{std::chrono::seconds(1614265330)};
  const core::Headers headers = standard_headers(
      settings, terapi_dialect(), "msg_p5jXN8AQM9LWM0D4loKWxJek", R"({"test": 2432232314})", now);
  EXPECT_EQ(value(headers, "webhook-id"), "msg_p5jXN8AQM9LWM0D4loKWxJek");
  EXPECT_EQ(value(headers, "webhook-timestamp"), "1614265330");
  EXPECT_EQ(value(headers, "webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

// HOOK-10: a rotation gives both, separated by a space.
TEST(WebhookSignature, ListsBothStandardSignaturesDuringARotation) {
  Settings settings;
  settings.secret_key = "secret";
  settings.signing_key = "new";
  settings.previous_signing_key = "old";
  settings.previous_signing_key_until = kSignedAt + 1s;
  settings.standard_webhooks = true;
  const auto signed_with = [](std::string_view key) {
    return "v1," + core::base64(core::hmac_sha256(key, "id.1704067200.body"), core::Padding::kWith);
  };
  EXPECT_EQ(value(standard_headers(settings, terapi_dialect(), "id", "body", kSignedAt),
                  "webhook-signature"),
            signed_with("new") + " " + signed_with("old"));
}

}  // namespace
}  // namespace terapi::simulator
