#include "simulator/javascript/iso_datetime.h"

#include <gtest/gtest.h>

#include "core/rfc3339.h"

namespace terapi::simulator {
namespace {

std::string read(std::string_view text, Offsets offsets = Offsets::kAny,
                 Microseconds beyond = Microseconds::kRounded) {
  const auto time = parse_iso_datetime(text, offsets, beyond);
  return time ? core::format_rfc3339(*time) : "none";
}

TEST(IsoDatetime, MayLackSeconds) {
  EXPECT_EQ(read("2026-11-23T13:31Z"), "2026-11-23T13:31:00.000000+00:00");
  EXPECT_EQ(read("2026-11-23T13:31:01.5Z"), "2026-11-23T13:31:01.500000+00:00");
}

TEST(IsoDatetime, HasOffsetsWhereTheyAreAllowed) {
  EXPECT_EQ(read("2026-11-23T13:31:00+05:30"), "2026-11-23T08:01:00.000000+00:00");
  EXPECT_EQ(read("2026-11-23T13:31:00-00:00"), "2026-11-23T13:31:00.000000+00:00");
  EXPECT_EQ(read("2026-11-23T13:31:00+00:00", Offsets::kOnlyZ), "none");
}

TEST(IsoDatetime, RoundsOrCutsOffBeyondMicroseconds) {
  EXPECT_EQ(read("2026-11-23T00:00:00.1234564Z"), "2026-11-23T00:00:00.123456+00:00");
  EXPECT_EQ(read("2026-11-23T00:00:00.123456600Z"), "2026-11-23T00:00:00.123457+00:00");
  EXPECT_EQ(read("2026-11-23T00:00:00.1234565Z"), "2026-11-23T00:00:00.123456+00:00") << "to even";
  EXPECT_EQ(read("2026-11-23T00:00:00.1234575Z"), "2026-11-23T00:00:00.123458+00:00");
  EXPECT_EQ(read("2026-11-23T00:00:00.1234569Z", Offsets::kAny, Microseconds::kCutOff),
            "2026-11-23T00:00:00.123456+00:00");
}

TEST(IsoDatetime, IsStrictOtherwise) {
  for (const char* text :
       {"", "2026-11-23", "2026-11-23T13:31", "2026-11-23t13:31:00Z", "2026-11-23T13:31:00z",
        "2026-11-23 13:31:00Z", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T00:00:60Z", "2026-11-23T00:00:00.Z", "2026-11-23T00:00:00Z ",
        "10000-01-01T00:00:00Z", "2026-11-23T00:00:00+24:00", "2026-11-23T00:00:00+0530"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
  EXPECT_NE(read("2024-02-29T00:00:00Z"), "none");
  EXPECT_EQ(read("2026-02-29T00:00:00Z"), "none");
}

}  // namespace
}  // namespace terapi::simulator
