#include "core/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "core/random.h"

namespace terapi::core {
namespace {

TEST(Base64, PassesTheVectorsOfRfc4648) {
  for (const auto& [plain, padded, bare] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"", "", ""},
           {"f", "Zg==", "Zg"},
           {"fo", "Zm8=", "Zm8"},
           {"foo", "Zm9v", "Zm9v"},
           {"foob", "Zm9vYg==", "Zm9vYg"},
           {"fooba", "Zm9vYmE=", "Zm9vYmE"},
           {"foobar", "Zm9vYmFy", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64(plain, Padding::kWith), padded);
    EXPECT_EQ(base64(plain, Padding::kWithout), bare);
    EXPECT_EQ(decode_base64(padded), plain);
    EXPECT_EQ(decode_base64(bare), plain);
  }
}

TEST(Base64, ReadsBothAlphabets) {
  const std::string bytes = "\xFB\xFF\xBF";
  EXPECT_EQ(base64(bytes, Padding::kWithout), "+/+/");
  EXPECT_EQ(decode_base64("+/+/"), bytes);
  EXPECT_EQ(decode_base64("-_-_"), bytes);
}

TEST(Base64, ComesBackWhole) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    std::string bytes;
    for (std::uint64_t i = random.below(100); i > 0; --i) {
      bytes += static_cast<char>(random.below(256));
    }
    EXPECT_EQ(decode_base64(base64(bytes, Padding::kWith)), bytes) << "seed " << seed;
    EXPECT_EQ(decode_base64(base64(bytes, Padding::kWithout)), bytes) << "seed " << seed;
  }
}

TEST(Base64, RefusesEverythingElse) {
  for (const std::string text : {"A", "AAAAA", "A=", "Zg===", "=Zg", "Z=g=", "Zm 9v", "Zm9v\n",
                                 "Zm9v!", "Zm9%", "\xFF\xFF\xFF\xFF", "Zm8=Zm8="}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
  EXPECT_FALSE(decode_base64(std::string("Zm\0v", 4)));
}

}  // namespace
}  // namespace terapi::core
