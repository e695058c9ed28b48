#include "client/webhooks/signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace terapi::client {
namespace {

// Made with `printf BODY | openssl dgst -sha256 -hmac KEY`.
struct Vector {
  std::string key;
  std::string body;
  std::string hex;
};
const std::vector<Vector> kVectors = {
    {"key", "The quick brown fox jumps over the lazy dog",
     "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"},
    {"key", "", "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0"},
    // RFC 4231, test case 2.
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"}};

const std::string& fox_hex() { return kVectors[0].hex; }
const std::string& fox_body() { return kVectors[0].body; }

TEST(Signature, VerifiesKnownVectors) {
  for (const Vector& vector : kVectors) {
    EXPECT_TRUE(Signature({vector.key}).verifies(vector.body, vector.hex)) << vector.body;
  }
}

TEST(Signature, TakesUpperCaseAndSpaceAroundTheValue) {
  std::string upper = fox_hex();
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return static_cast<char>(std::toupper(c)); });
  EXPECT_TRUE(Signature({"key"}).verifies(fox_body(), " " + upper + "\t"));
}

TEST(Signature, RefusesAnyOtherBodyOrKey) {
  const Signature signature({"key"});
  for (std::size_t i = 0; i < fox_body().size(); ++i) {
    std::string altered = fox_body();
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_FALSE(signature.verifies(altered, fox_hex())) << i;
  }
  EXPECT_FALSE(signature.verifies(fox_body() + " ", fox_hex()));
  EXPECT_FALSE(signature.verifies("", fox_hex()));
  EXPECT_FALSE(Signature({"kez"}).verifies(fox_body(), fox_hex()));
}

TEST(Signature, RefusesEachAlteredDigit) {
  const Signature signature({"key"});
  for (std::size_t i = 0; i < fox_hex().size(); ++i) {
    std::string altered = fox_hex();
    altered[i] = altered[i] == '0' ? '1' : '0';
    EXPECT_FALSE(signature.verifies(fox_body(), altered)) << i;
  }
}

TEST(Signature, RefusesWhatIsNoListOfValues) {
  const Signature signature({"key"});
  const std::string zeros(64, '0');
  std::string many;
  for (int i = 0; i < 20; ++i) many += zeros + ",";
  for (const std::string& header :
       {std::string(), std::string(" "), std::string(","), fox_hex().substr(1), fox_hex() + "0",
        "sha256=" + fox_hex(), fox_hex() + ",", "," + fox_hex(), zeros + "," + "garbage",
        std::string(64, 'g'), many + fox_hex(), std::string(100'000, 'a')}) {
    EXPECT_FALSE(signature.verifies(fox_body(), header)) << header.substr(0, 80);
  }
}

TEST(Signature, OneRightValueOfARotationIsEnough) {
  const std::string zeros(64, '0');
  EXPECT_TRUE(Signature({"key"}).verifies(fox_body(), zeros + "," + fox_hex()));
  EXPECT_TRUE(Signature({"key"}).verifies(fox_body(), fox_hex() + ", " + zeros));
  EXPECT_TRUE(Signature({"new", "key"}).verifies(fox_body(), fox_hex()));
  EXPECT_FALSE(Signature({"new"}).verifies(fox_body(), fox_hex() + "," + zeros));
}

TEST(Signature, WithoutAKeyNothingIsVerified) {
  EXPECT_FALSE(Signature(std::vector<std::string>{}).verifies(fox_body(), fox_hex()));
  // HMAC with the empty key, which anybody can compute.
  EXPECT_FALSE(Signature({""}).verifies(
      "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

}  // namespace
}  // namespace terapi::client
