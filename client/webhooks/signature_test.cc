#include "client/webhooks/signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <thread>

#include "client/webhooks/test_digest.h"

namespace terapi::client {
namespace {

using namespace std::string_literals;

// Made with `printf BODY | openssl dgst -sha256 -hmac KEY`.
struct HmacVector {
  std::string key;
  std::string body;
  std::string hex;
};
const std::vector<HmacVector> kHmacVectors = {
    {"key", "The quick brown fox jumps over the lazy dog",
     "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"},
    {"key", "", "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0"},
    // RFC 4231, test case 2.
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    // RFC 4231, test case 6: a key longer than SHA-256's block.
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {"7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54", "{\"connectionId\":\"Zürich ☃ 😀\"}",
     "f3e43d94888e2742b01a4c6da594ce4b7b00628ba1b42530a5fe1ffecc195e6a"},
    {"7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54", R"({"connectionId":"Z\u00fcrich \"\\\n\/"})",
     "1cbf80ec3a6ce80f3f8dde405ba2a90125b1f04542a19fa50c4f5d6a8a316765"},
    {"key", "a\0b"s, "29c5f0eea2d0a51b661193b3a56191192b2861f543ea0499a7f9725f7e7062fc"},
    {"clé", "{}", "601f34a13f988e6e9f3a8069cc08856e777dd3fbb72f8fe98b9dc72c91b76269"}};

const std::string& fox_hex() { return kHmacVectors[0].hex; }
const std::string& fox_body() { return kHmacVectors[0].body; }

TEST(Signature, VerifiesKnownVectors) {
  for (const HmacVector& vector : kHmacVectors) {
    const Signature signature({vector.key});
    // Twice, because the keyed state is used again.
    EXPECT_TRUE(signature.verifies(vector.body, vector.hex)) << vector.body;
    EXPECT_TRUE(signature.verifies(vector.body, vector.hex)) << vector.body;
    EXPECT_FALSE(signature.verifies(vector.body + "x", vector.hex)) << vector.body;
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

// The same JSON in other bytes: what a receiver sees that verifies what it parsed and wrote again.
TEST(Signature, RefusesReserialisedJson) {
  const HmacVector& vector = kHmacVectors[5];
  const Signature signature({vector.key});
  for (const char* same :
       {R"({"connectionId": "Z\u00fcrich \"\\\n\/"})", R"({"connectionId":"Z\u00FCrich \"\\\n\/"})",
        R"({"connectionId":"Zürich \"\\\n\/"})", R"({"connectionId":"Z\u00fcrich \"\\\n/"})"}) {
    EXPECT_FALSE(signature.verifies(same, vector.hex)) << same;
  }
}

// Whoever saw one body and its legacy value can compute the forged one's, without the key: it is
// the hash continued after the first text's padding. So the legacy value must not open the door.
TEST(Signature, RefusesALegacyValueEvenWhereItIsRight) {
  const std::string body = R"({"model":"Issue"})";
  // SHA-256's padding of the 20 bytes of "key" and body: a one bit, zeros, the length in bits.
  const std::string padding = "\x80"s + std::string(35, '\0') + std::string(7, '\0') + "\xa0";
  const std::string forged = body + padding + R"({"model":"Evil"})";
  ASSERT_EQ(sha256_hex("key" + body),
            "4d4a0e9ee8e77fa35401220843c8537d0a9308ec65c80bd36b9d166cc93489d5");
  const Signature signature({"key"});
  EXPECT_FALSE(signature.verifies(body, sha256_hex("key" + body)));
  EXPECT_FALSE(signature.verifies(forged, sha256_hex("key" + forged)));
}

TEST(Signature, RefusesEachAlteredDigit) {
  const Signature signature({"key"});
  for (std::size_t i = 0; i < fox_hex().size(); ++i) {
    std::string altered = fox_hex();
    altered[i] = altered[i] == '0' ? '1' : '0';
    EXPECT_FALSE(signature.verifies(fox_body(), altered)) << i;
  }
}

TEST(Signature, RefusesGarbage) {
  const Signature signature({"key"});
  const std::string zeros(64, '0');
  for (const std::string& header : {std::string(),
                                    std::string(" "),
                                    std::string(","),
                                    fox_hex().substr(1),
                                    fox_hex().substr(0, 63),
                                    fox_hex().substr(0, 32),
                                    fox_hex() + "0",
                                    fox_hex() + fox_hex(),
                                    fox_hex() + "\0"s,
                                    fox_hex().substr(0, 32) + " " + fox_hex().substr(32),
                                    "0x" + fox_hex().substr(2),
                                    "g" + fox_hex().substr(1),
                                    "fg" + fox_hex().substr(2),
                                    "sha256=" + fox_hex(),
                                    fox_hex() + ";" + zeros,
                                    zeros + ",garbage",
                                    std::string(64, 'g'),
                                    std::string(64, '\xff'),
                                    std::string(100'000, 'a'),
                                    std::string(100'000, ',')}) {
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

TEST(Signature, WhatElseTheListHoldsDoesNotMatter) {
  const Signature signature({"key"});
  for (const std::string& header :
       {fox_hex() + ",", "," + fox_hex(), "garbage, " + fox_hex(), fox_hex() + ",sha256=0"}) {
    EXPECT_TRUE(signature.verifies(fox_body(), header)) << header;
  }
}

TEST(Signature, LooksAtTheFirstEightValuesOnly) {
  const Signature signature({"key"});
  std::string seven;
  for (int i = 0; i < 7; ++i) seven += std::string(64, '0') + ",";
  EXPECT_TRUE(signature.verifies(fox_body(), seven + fox_hex()));
  EXPECT_FALSE(signature.verifies(fox_body(), seven + "x," + fox_hex()));
}

TEST(Signature, IsVerifiedFromManyThreadsAtOnce) {
  const Signature signature({"key"});
  std::array<int, 4> right{};
  std::vector<std::thread> threads;
  threads.reserve(right.size());
  for (int& count : right) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) count += signature.verifies(fox_body(), fox_hex()) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : right) EXPECT_EQ(count, 500);
}

TEST(Signature, WithoutAKeyNothingIsVerified) {
  EXPECT_FALSE(Signature(std::vector<std::string>{}).verifies(fox_body(), fox_hex()));
  EXPECT_TRUE(Signature({"", "key"}).verifies(fox_body(), fox_hex()));
  // HMAC with the empty key, which anybody can compute.
  EXPECT_FALSE(Signature({""}).verifies(
      "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

}  // namespace
}  // namespace terapi::client
