// What JSON.parse of Node.js 20 said of these texts. Node 22 and later, which the recording was
// made with, adds line and column to a position; the tests take that off. Half of a pair of
// surrogates cannot be sent in UTF-8.
#include "simulator/javascript/json_syntax_error.h"

#include <gtest/gtest.h>

#include <regex>

namespace terapi::simulator {
namespace {

struct SyntaxCase {
  const char* text;
  const char* message;  // null: it is JSON
};

constexpr SyntaxCase kSyntaxCases[] = {
    {"{", "Expected property name or '}' in JSON at position 1"},
    {"[", "Unexpected end of JSON input"},
    {"{\"a\"", "Expected ':' after property name in JSON at position 4"},
    {"{\"a\":", "Unexpected end of JSON input"},
    {"{\"a\":1", "Expected ',' or '}' after property value in JSON at position 6"},
    {"{\"a\":1,", "Expected double-quoted property name in JSON at position 7"},
    {"{\"a\":1 2}", "Expected ',' or '}' after property value in JSON at position 7"},
    {"[1 2]", "Expected ',' or ']' after array element in JSON at position 3"},
    {"{\"a\" 1}", "Expected ':' after property name in JSON at position 5"},
    {"{a:1}", "Expected property name or '}' in JSON at position 1"},
    {"{\"a\":tru}", "Unexpected token '}', \"{\"a\":tru}\" is not valid JSON"},
    {"{\"a\":nul", "Unexpected end of JSON input"},
    {"\"abc", "Unterminated string in JSON at position 4"},
    {"[\"a\nb\"]", "Bad control character in string literal in JSON at position 3"},
    {"[\"\\u12x4\"]", "Bad Unicode escape in JSON at position 6"},
    {"[\"\\q\"]", "Bad escaped character in JSON at position 3"},
    {"[-]", "No number after minus sign in JSON at position 2"},
    {"[-a]", "No number after minus sign in JSON at position 2"},
    {"[1.]", "Unterminated fractional number in JSON at position 3"},
    {"[1e]", "Exponent part is missing a number in JSON at position 3"},
    {"[1e+]", "Exponent part is missing a number in JSON at position 4"},
    {"[01]", "Unexpected number in JSON at position 2"},
    {"{}x", "Unexpected non-whitespace character after JSON at position 2"},
    {"{} {", "Unexpected non-whitespace character after JSON at position 3"},
    {"[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON"},
    {"{\"a\":1,}", "Expected double-quoted property name in JSON at position 7"},
    {"NaN", "\"NaN\" is not valid JSON"},
    {"undefined", "\"undefined\" is not valid JSON"},
    {"{\"a\":@}", "Unexpected token '@', \"{\"a\":@}\" is not valid JSON"},
    {"{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaa\":@}",
     "Unexpected token '@', ...\"aaaaaaaa\":@}\" is not valid JSON"},
    {"{\"aaaaaaaaaa\":@,\"bbbbbbbbbbbbbbbbbbb\":1}",
     "Unexpected token '@', ...\"aaaaaaaa\":@,\"bbbbbbb\"... is not valid JSON"},
    {"@aaaaaaaaaaaaaaaaaaaaaaaa", "Unexpected token '@', \"@aaaaaaaaa\"... is not valid JSON"},
    {"aaaaaaaaaa", "Unexpected token 'a', \"aaaaaaaaaa\" is not valid JSON"},
    {"", "Unexpected end of JSON input"},
    {"  ", "Unexpected end of JSON input"},
    {"[1,\n2,\n @]", "Unexpected token '@', \"[1,\n2,\n @]\" is not valid JSON"},
    {"[\"abc", "Unterminated string in JSON at position 5"},
    {"[\"a\\", "Unexpected end of JSON input"},
    {"[\",\"\"", "Expected ',' or ']' after array element in JSON at position 4"},
    {"{\"a\":\"x\"y}", "Expected ',' or '}' after property value in JSON at position 8"},
    {"{\"a\":1\"b\"}", "Expected ',' or '}' after property value in JSON at position 6"},
    {"[1\"b\"]", "Expected ',' or ']' after array element in JSON at position 2"},
    {"{\"a\"1}", "Expected ':' after property name in JSON at position 4"},
    {"{1:2}", "Expected property name or '}' in JSON at position 1"},
    {"[tru", "Unexpected end of JSON input"},
    {"[true1]", "Expected ',' or ']' after array element in JSON at position 5"},
    {"[tru1]", "Unexpected number in JSON at position 4"},
    {"[tru\"]", "Unexpected string in JSON at position 4"},
    {"\u00E9", "Unexpected token '\u00E9', \"\u00E9\" is not valid JSON"},
    {"{\u00E9}", "Expected property name or '}' in JSON at position 1"},
    {"[1,\r\n 2,\r3", "Expected ',' or ']' after array element in JSON at position 10"},
    {"\"ok\"", nullptr},
    {"[{\"a\":[1,2,{\"b\":null}]}]", nullptr},
    {"[[[[", "Unexpected end of JSON input"},
    {"[1,2]]", "Unexpected non-whitespace character after JSON at position 5"},
    {"\U0001F600", "Unexpected token '\uFFFD', \"\U0001F600\" is not valid JSON"},
    {"[\"\U0001F600\",@]", "Unexpected token '@', \"[\"\U0001F600\",@]\" is not valid JSON"},
};

TEST(JsonSyntaxError, IsWhatNodeSays) {
  static const std::regex kLine(R"( \(line \d+ column \d+\)$)");
  for (const SyntaxCase& each : kSyntaxCases) {
    const auto message = json_syntax_error(each.text);
    EXPECT_EQ(message.has_value(), each.message != nullptr) << each.text;
    if (!message || each.message == nullptr) continue;
    EXPECT_EQ(std::regex_replace(*message, kLine, ""), each.message) << each.text;
  }
}

TEST(JsonSyntaxError, SaysLineAndColumn) {
  EXPECT_EQ(json_syntax_error("{"),
            "Expected property name or '}' in JSON at position 1 (line 1 column 2)");
  EXPECT_EQ(json_syntax_error("[1,\r\n2,\n3"),
            "Expected ',' or ']' after array element in JSON at position 9 (line 3 column 2)");
}

TEST(JsonSyntaxError, FollowsDeepNestingWithoutAStack) {
  EXPECT_EQ(json_syntax_error(std::string(1'000'000, '[')), "Unexpected end of JSON input");
}

// body-parser takes objects and arrays only.
TEST(JsonBodyError, ShowsWhatStandsThere) {
  EXPECT_EQ(json_body_error("null"), R"(Unexpected token 'n', "null" is not valid JSON)");
  EXPECT_EQ(json_body_error("\"x\""), R"(Unexpected token '"', ""x"" is not valid JSON)");
  EXPECT_EQ(json_body_error("123456789012345678901234"),
            R"(Unexpected token '1', "1234567890"... is not valid JSON)");
  EXPECT_EQ(json_body_error("  "), "Unexpected end of JSON input");
  EXPECT_FALSE(json_body_error(R"( {"a":1})"));
  EXPECT_EQ(json_body_error("[1"),
            "Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3)");
}

}  // namespace
}  // namespace terapi::simulator
