#include "core/hex.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace terapi::core {
namespace {

TEST(Hex, IsWrittenInLowerCaseAndReadInBoth) {
  const std::string bytes("\x00\xAB\xff", 3);
  EXPECT_EQ(hex(bytes), "00abff");
  EXPECT_EQ(parse_hex("00abff"), bytes);
  EXPECT_EQ(parse_hex("00ABfF"), bytes);
  EXPECT_EQ(hex(""), "");
  EXPECT_EQ(parse_hex(""), "");
}

TEST(Hex, RefusesEverythingElse) {
  for (const char* text : {"0", "abc", "0g", "g0", " 0", "0 ", "0x", "-1", "+1", "\xff\xff"}) {
    EXPECT_EQ(parse_hex(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_hex(std::string_view("0\0", 2)), std::nullopt);
}

}  // namespace
}  // namespace terapi::core
