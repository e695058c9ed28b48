#include "conformance/contract/base64.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace terapi::conformance {
namespace {

TEST(Base64, WritesAndReadsTheVectorsOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64_encode(bytes, Padding::kWith), text);
    EXPECT_EQ(base64_decode(text, Padding::kWith), bytes);
    const std::string bare = text.substr(0, text.find('='));
    EXPECT_EQ(base64_encode(bytes, Padding::kWithout), bare);
    EXPECT_EQ(base64_decode(bare, Padding::kWithout), bytes);
  }
}

TEST(Base64, HasAllBytesAndAllCharacters) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (const Padding padding : {Padding::kWith, Padding::kWithout}) {
    EXPECT_EQ(base64_decode(base64_encode(bytes, padding), padding), bytes);
  }
  EXPECT_EQ(base64_encode("\xfb\xff\xbf", Padding::kWithout), "+/+/");
}

TEST(Base64, RefusesEveryOtherSpelling) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zg==Zg==", "=", "====", "Zh==", "Zm9=", "Zm9v=",
                           "Z", "Zm9v\n", "Zm 9", "-_-_", "Zm9v!!!!", "Z===", "A===", "=Zg="}) {
    EXPECT_EQ(base64_decode(text, Padding::kWith), std::nullopt) << text;
  }
  for (const char* text :
       {"Zg==", "Zm8=", "Z", "A", "Zm9vA", "Zm9vY", "Zh", "Zm9", "-_-_", "Zm9v!!"}) {
    EXPECT_EQ(base64_decode(text, Padding::kWithout), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace terapi::conformance
