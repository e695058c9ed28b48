#include "conformance/contract/key_in_text.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

TEST(KeyInText, FindsALongKeyAnywhere) {
  EXPECT_TRUE(holds_key("x0badc0de-5ec2y", "0badc0de-5ec2"));
  EXPECT_TRUE(holds_key("012345678", "12345678"));
  EXPECT_FALSE(holds_key("0badc0de-5ec", "0badc0de-5ec2"));
  EXPECT_FALSE(holds_key("anything", ""));
}

// Else whoever answers `unknown_connection` would repeat the key "k".
TEST(KeyInText, FindsAShortKeyWhereItStandsAlone) {
  EXPECT_FALSE(holds_key(R"({"error":{"code":"unknown_connection"}})", "k"));
  EXPECT_TRUE(holds_key(R"({"error":{"code":"unknown","message":"Bearer k"}})", "k"));
  EXPECT_TRUE(holds_key("unknown: k", "k"));
  EXPECT_TRUE(holds_key("a%20k%20b", "k"));
  EXPECT_FALSE(holds_key("a%61k b", "k"));
  EXPECT_FALSE(holds_key("k%61 b", "k"));
  EXPECT_FALSE(
      holds_key("é"
                "k",
                "k"));
  EXPECT_FALSE(holds_key("tests contest", "test"));
  EXPECT_TRUE(holds_key("tests test", "test"));
}

}  // namespace
}  // namespace terapi::conformance
