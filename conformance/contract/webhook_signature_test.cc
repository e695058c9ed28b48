#include "conformance/contract/webhook_signature.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace terapi::conformance {
namespace {

constexpr char kBody[] = R"({"connectionId":"demo","from":"terapi","type":"sync"})";
constexpr char kKey[] = "7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54";

TEST(HmacSha256, GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(hmac_sha256_hex(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac_sha256_hex(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  std::string counted;
  for (char c = 1; c <= 25; ++c) counted += c;
  EXPECT_EQ(hmac_sha256_hex(counted, std::string(50, '\xcd')),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(hmac_sha256_hex(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hmac_sha256_hex(std::string(131, '\xaa'),
                            "This is a test using a larger than block-size key and a larger than "
                            "block-size data. The key needs to be hashed before being used by the "
                            "HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, TakesEmptyTexts) {
  const std::string expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  EXPECT_EQ(hmac_sha256_hex("", ""), expected);
  EXPECT_EQ(hmac_sha256_hex({}, {}), expected);
}

TEST(LegacySignature, IsTheDigestOfSecretAndBody) {
  EXPECT_EQ(legacy_signature_hex("a", "bc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(legacy_signature_hex("ab", "c"), legacy_signature_hex("a", "bc"));
}

TEST(SignatureValues, AreTakenApart) {
  EXPECT_EQ(signature_values("a1"), (std::vector<std::string>{"a1"}));
  EXPECT_EQ(signature_values("a1,b2"), (std::vector<std::string>{"a1", "b2"}));
  EXPECT_EQ(signature_values(" a1 ,\tb2 "), (std::vector<std::string>{"a1", "b2"}));
  EXPECT_EQ(signature_values(",a1,, ,b2,"), (std::vector<std::string>{"a1", "b2"}));
  EXPECT_EQ(signature_values(""), std::vector<std::string>{});
  EXPECT_EQ(signature_values(" , "), std::vector<std::string>{});
}

TEST(HmacHeader, VerifiesUnderOneOfTheKeys) {
  const std::string value = hmac_sha256_hex(kKey, kBody);
  const std::string other = hmac_sha256_hex("other", kBody);
  EXPECT_TRUE(hmac_header_verifies(value, {kKey}, kBody));
  EXPECT_TRUE(hmac_header_verifies(value, {"new", kKey}, kBody));
  EXPECT_TRUE(hmac_header_verifies(other + "," + value, {kKey}, kBody));
  EXPECT_TRUE(hmac_header_verifies(other + ", " + value, {"other"}, kBody));
  std::string upper = value;
  for (char& c : upper) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  EXPECT_TRUE(hmac_header_verifies(upper, {kKey}, kBody));
}

TEST(HmacHeader, DoesNotVerifyOtherwise) {
  const std::string value = hmac_sha256_hex(kKey, kBody);
  EXPECT_FALSE(hmac_header_verifies("", {kKey}, kBody));
  EXPECT_FALSE(hmac_header_verifies(",", {kKey}, kBody));
  EXPECT_FALSE(hmac_header_verifies(value, {}, kBody));
  EXPECT_FALSE(hmac_header_verifies(value, {"other"}, kBody));
  EXPECT_FALSE(hmac_header_verifies(value, {kKey}, std::string(kBody) + "\n"));
  EXPECT_FALSE(hmac_header_verifies(value.substr(0, 63), {kKey}, kBody));
  EXPECT_FALSE(hmac_header_verifies(value + "0", {kKey}, kBody));
  EXPECT_FALSE(hmac_header_verifies("sha256=" + value, {kKey}, kBody));
  EXPECT_FALSE(hmac_header_verifies(legacy_signature_hex(kKey, kBody), {kKey}, kBody));
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string altered = value;
    altered[i] = altered[i] == '0' ? '1' : '0';
    ASSERT_FALSE(hmac_header_verifies(altered, {kKey}, kBody)) << i;
  }
}

TEST(LengthExtension, VerifiesUnderTheLegacySchemeWithoutTheSecret) {
  const std::string suffix = R"({"connectionId":"someone-else"})";
  for (std::size_t length = 1; length < 140; ++length) {
    const std::string secret(length, 's');
    const core::Result<Forgery> forgery =
        legacy_length_extended(length, legacy_signature_hex(secret, kBody), kBody, suffix);
    ASSERT_TRUE(forgery) << forgery.error().message;
    ASSERT_EQ(forgery->signature, legacy_signature_hex(secret, forgery->body)) << length;
    ASSERT_TRUE(forgery->body.starts_with(kBody));
    ASSERT_TRUE(forgery->body.ends_with(suffix));
    ASSERT_NE(forgery->body, kBody);
  }
}

TEST(LengthExtension, DoesNotVerifyAsAnHmacOrForAnotherLength) {
  const std::string known = legacy_signature_hex(kKey, kBody);
  const std::size_t length = std::string(kKey).size();
  const core::Result<Forgery> forgery = legacy_length_extended(length, known, kBody, "more");
  ASSERT_TRUE(forgery);
  EXPECT_FALSE(hmac_header_verifies(forgery->signature, {kKey}, forgery->body));
  const core::Result<Forgery> wrong = legacy_length_extended(length + 1, known, kBody, "more");
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->signature, legacy_signature_hex(kKey, wrong->body));
}

TEST(LengthExtension, NeedsASignature) {
  for (const std::string& known :
       {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g'),
        std::string(56, 'a') + "-aaaaaaa", std::string(56, 'a') + "0xaaaaaa"}) {
    const core::Result<Forgery> forgery = legacy_length_extended(36, known, kBody, "more");
    ASSERT_FALSE(forgery) << known;
    EXPECT_EQ(forgery.error().code, "bad_signature");
  }
}

}  // namespace
}  // namespace terapi::conformance
