#include "core/parse_number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace terapi::core {
namespace {

TEST(ParseNumber, ReadsAllOfTheText) {
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_number<std::uint16_t>("0"), 0);
  EXPECT_EQ(parse_number<std::int64_t>("-12"), -12);
  EXPECT_EQ(parse_number<int>("007"), 7);
}

TEST(ParseNumber, RefusesEverythingElse) {
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "1.0", "1e3", "0x10", "one", "-", "1\n"}) {
    EXPECT_FALSE(parse_number<std::uint64_t>(text)) << text;
  }
  EXPECT_FALSE(parse_number<std::uint16_t>("65536"));
  EXPECT_FALSE(parse_number<std::int64_t>("9223372036854775808"));
}

}  // namespace
}  // namespace terapi::core
