#include "conformance/laws/answer_expectation.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

TEST(MatchesPart, LooksAtWhatIsNamedOnly) {
  const auto matches = [](const std::string& part, const std::string& whole) {
    const auto a = core::json::Document::parse(part);
    const auto b = core::json::Document::parse(whole);
    std::string where = "body";
    return matches_part(a->root(), b->root(), where) ? "yes" : where;
  };
  EXPECT_EQ(matches(R"({"a":{"b":1}})", R"({"x":0,"a":{"b":1.0,"c":2}})"), "yes");
  EXPECT_EQ(matches(R"({"a":[{"b":"v1,*"}]})", R"({"a":[{"b":"v1,abc"}]})"), "yes");
  EXPECT_EQ(matches(R"({"a":"*"})", R"({"a":[1]})"), "yes");
  EXPECT_EQ(matches(R"({"a":null})", R"({"a":null})"), "yes");
  EXPECT_EQ(matches(R"({"a":"*"})", "{}"), "body.a is missing");
  EXPECT_EQ(matches(R"({"a":[1]})", R"({"a":[1,2]})"), "body.a has 2 items");
  EXPECT_EQ(matches(R"({"a":[1,{"b":2}]})", R"({"a":[1,{"b":3}]})"), "body.a[1].b is 3");
}

}  // namespace
}  // namespace terapi::conformance
