// What Node.js 20 made of these texts: each row was printed by it.
#include "simulator/javascript/javascript_number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace terapi::simulator {
namespace {

struct Case {
  const char* text;
  const char* number;  // String(Number(text))
};

constexpr Case kCases[] = {
    {"", "0"},
    {"  ", "0"},
    {"\n2", "2"},
    {"0x10", "16"},
    {"0X1f", "31"},
    {"0b11", "3"},
    {"0o17", "15"},
    {"0x", "NaN"},
    {"0b2", "NaN"},
    {"+5", "5"},
    {"-5", "-5"},
    {"+0x10", "NaN"},
    {"1e3", "1000"},
    {"1E-2", "0.01"},
    {".5", "0.5"},
    {"5.", "5"},
    {".", "NaN"},
    {"1_000", "NaN"},
    {"Infinity", "Infinity"},
    {"-Infinity", "-Infinity"},
    {"+Infinity", "Infinity"},
    {"infinity", "NaN"},
    {"NaN", "NaN"},
    {"5abc", "NaN"},
    {"1e", "NaN"},
    {"1e+", "NaN"},
    {"\u00A07\uFEFF", "7"},
    {"--1", "NaN"},
    {"1 2", "NaN"},
    {"007", "7"},
    {"0.1e1", "1"},
    {"9007199254740993", "9007199254740992"},
    {"1e400", "Infinity"},
    {"-0", "0"},
};

TEST(JavascriptNumber, IsReadAsNodeReadsIt) {
  for (const Case& each : kCases) {
    EXPECT_EQ(javascript_text(javascript_number(each.text)), each.number) << each.text;
  }
}

TEST(JavascriptNumber, IsWrittenAsNodeWritesIt) {
  const std::pair<double, const char*> cases[] = {
      {0.0, "0"},
      {-0.0, "0"},
      {1.0, "1"},
      {1.5, "1.5"},
      {1e+21, "1e+21"},
      {100000000000000000000.0, "100000000000000000000"},
      {123456789012345680000.0, "123456789012345680000"},
      {0.000001, "0.000001"},
      {1e-7, "1e-7"},
      {1.5e-7, "1.5e-7"},
      {0.1, "0.1"},
      {5e-324, "5e-324"},
      {1.7976931348623157e+308, "1.7976931348623157e+308"},
      {-9223372036854776000.0, "-9223372036854776000"},
      {12345678901234567000.0, "12345678901234567000"},
      {100.0, "100"},
      {1e+100, "1e+100"},
      {0.000001234, "0.000001234"},
  };
  for (const auto& [number, text] : cases) EXPECT_EQ(javascript_text(number), text);
  EXPECT_EQ(javascript_json_number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(javascript_json_number(-0.0), "0");
}

TEST(JavascriptLength, CountsUtf16) {
  EXPECT_EQ(javascript_length(""), 0U);
  EXPECT_EQ(javascript_length("a\u00E9\u20AC\U0001F600"), 5U);
  EXPECT_EQ(javascript_length("\xFF\xFE"), 2U);
}

TEST(JavascriptArrayIndex, IsCanonicalAndBelowTheLimit) {
  EXPECT_EQ(javascript_array_index("0"), 0U);
  EXPECT_EQ(javascript_array_index("4294967294"), 4294967294U);
  for (const char* none : {"", "01", "-1", "1.0", "4294967295", "99999999999", "a"}) {
    EXPECT_FALSE(javascript_array_index(none)) << none;
  }
}

}  // namespace
}  // namespace terapi::simulator
