#include "simulator/javascript/javascript_json.h"

#include <gtest/gtest.h>

namespace terapi::simulator {
namespace {

std::string passed_on(std::string_view text) {
  core::json::Reader reader;
  const auto value = reader.read(text);
  return value ? javascript_json(*value) : value.error().message;
}

std::string merged(std::string_view base, std::string_view patch) {
  core::json::Reader left;
  core::json::Reader right;
  return javascript_merge(*left.read(base), *right.read(patch));
}

TEST(JavascriptJson, MakesDoublesOfNumbers) {
  EXPECT_EQ(passed_on("[12345678901234567890, 1.0, -0, -0.0, 1e400, 1e21, 0.10]"),
            "[12345678901234567000,1,0,0,null,1e+21,0.1]");
}

TEST(JavascriptJson, PutsArrayIndicesFirstAndTakesTheLastOfARepeatedKey) {
  EXPECT_EQ(passed_on(R"({"b":1,"10":2,"9":3,"a":4,"b":5,"01":6})"),
            R"({"9":3,"10":2,"b":5,"a":4,"01":6})");
  EXPECT_EQ(passed_on(R"({"a":{"1":1,"0":0}})"), R"({"a":{"0":0,"1":1}})");
}

TEST(JavascriptJson, WritesStringsAsJsonStringifyDoes) {
  EXPECT_EQ(passed_on(R"("\u00e9\/\u0008\u000b\u007f\u2028\ud83d\ude00")"),
            "\"\u00E9/\\b\\u000b\x7F\u2028\U0001F600\"");
  EXPECT_EQ(passed_on(R"("a\ud800b\uDC00")"), R"("a\ud800b\udc00")") << "halves of a pair";
}

TEST(JavascriptJson, SortsAllKeysForWhatIsSigned) {
  core::json::Reader reader;
  EXPECT_EQ(sorted_javascript_json(*reader.read(R"({"b":{"z":1,"y":[{"d":1,"c":2}]},"a":1.0})")),
            R"({"a":1,"b":{"y":[{"c":2,"d":1}],"z":1}})");
}

TEST(JavascriptMerge, PutsWhatThePatchNamesLast) {
  EXPECT_EQ(merged(R"({"id":"x","a":1,"c":{"d":1,"e":2}})", R"({"id":"x","c":{"d":null},"l":[4]})"),
            R"({"a":1,"id":"x","c":{"e":2,"d":null},"l":[4]})");
  EXPECT_EQ(merged(R"({"l":[1,2,3],"o":{"a":1}})", R"({"l":[4],"o":[1]})"), R"({"l":[4],"o":[1]})");
  EXPECT_EQ(merged(R"({"a":1})", R"({"__proto__":{"b":1},"constructor":2})"), R"({"a":1})");
}

TEST(JavascriptObject, SaysWhereAMemberThatIsLeftOutWouldStand) {
  JavascriptObject object;
  object.set("id", "\"c\"");
  object.set("first", "1");
  object.set("meta", "{}");
  object.set("last", "2");
  object.set("first", "3");
  EXPECT_EQ(object.text(), R"({"id":"c","first":3,"meta":{},"last":2})");
  const JavascriptObject::Gap gap = object.text_without("meta");
  EXPECT_EQ(gap.text, R"({"id":"c","first":3,"last":2})");
  EXPECT_EQ(gap.text.substr(gap.at), R"(,"last":2})");
  EXPECT_EQ(object.text_without("none").at, std::string::npos);
}

}  // namespace
}  // namespace terapi::simulator
