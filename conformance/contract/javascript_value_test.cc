#include "conformance/contract/javascript_value.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

std::string in_its_order(std::string_view json) {
  return javascript_text(json, KeyOrder::kJavascript);
}

TEST(JavascriptValue, NumbersAreDoubles) {
  EXPECT_EQ(in_its_order("[1.0,-0,1e400,10e2,0.10]"), "[1,0,null,1000,0.1]");
  EXPECT_TRUE(same_in_javascript("12345678901234567890", "12345678901234567000"));
  EXPECT_TRUE(same_in_javascript("9007199254740993", "9007199254740992"));
  EXPECT_FALSE(same_in_javascript("9007199254740993", "9007199254740995"));
}

TEST(JavascriptValue, ArrayIndicesComeFirstAndTheIdBeforeTheRest) {
  EXPECT_EQ(in_its_order(R"({"b":1,"10":2,"9":3,"id":"x","a":4,"07":5})"),
            R"({"9":3,"10":2,"id":"x","b":1,"a":4,"07":5})");
  // Only the record's own.
  EXPECT_EQ(in_its_order(R"({"o":{"b":1,"id":2}})"), R"({"o":{"b":1,"id":2}})");
}

TEST(JavascriptValue, OfARepeatedKeyTheLastValueCountsAndProtoIsDropped) {
  EXPECT_EQ(in_its_order(R"({"a":1,"b":2,"a":3,"__proto__":4})"), R"({"a":3,"b":2})");
}

TEST(JavascriptValue, WithoutAnOrderTheSameMembersAreTheSame) {
  EXPECT_TRUE(same_in_javascript(R"({"a":1,"b":{"c":2,"d":3}})", R"({"b":{"d":3,"c":2.0},"a":1})"));
  EXPECT_FALSE(same_in_javascript(R"({"a":[1,2]})", R"({"a":[2,1]})"));
  EXPECT_NE(in_its_order(R"({"a":1,"b":2})"), in_its_order(R"({"b":2,"a":1})"));
}

TEST(JavascriptValue, StringsAreWhatTheySpell) {
  EXPECT_TRUE(same_in_javascript(R"(["\u00e9\/"])", "[\"é/\"]"));
}

TEST(JavascriptValue, WhatIsNestedTooDeepIsComparedAsText) {
  const std::string deep = std::string(50'000, '[') + std::string(50'000, ']');
  EXPECT_TRUE(same_in_javascript(deep, deep));
  EXPECT_FALSE(same_in_javascript(deep, "[]"));
}

}  // namespace
}  // namespace terapi::conformance
