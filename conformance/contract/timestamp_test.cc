#include "conformance/contract/timestamp.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace terapi::conformance {
namespace {

core::Time at_micros(std::int64_t since_epoch) { return core::Time(core::Duration(since_epoch)); }

std::optional<std::int64_t> micros_of(std::string_view text) {
  const std::optional<core::Time> time = read_timestamp(text);
  if (!time) return std::nullopt;
  return time->time_since_epoch().count();
}

TEST(Timestamp, IsReadToTheMicrosecond) {
  // date -d … +%s says 1695050435.
  EXPECT_EQ(micros_of("2023-09-18T15:20:35.941305+00:00"), 1695050435941305);
  EXPECT_EQ(micros_of("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(micros_of("1969-12-31T23:59:59.999999Z"), -1);
  EXPECT_EQ(micros_of("2024-02-29T00:00:00Z"), 1709164800000000);
}

TEST(Timestamp, IsReadInEverySpellingOfRfc3339) {
  const std::int64_t second = 1695050435000000;
  EXPECT_EQ(micros_of("2023-09-18T15:20:35Z"), second);
  EXPECT_EQ(micros_of("2023-09-18t15:20:35z"), second);
  EXPECT_EQ(micros_of("2023-09-18T15:20:35-00:00"), second);
  EXPECT_EQ(micros_of("2023-09-18T17:20:35+02:00"), second);
  EXPECT_EQ(micros_of("2023-09-18T09:50:35-05:30"), second);
  EXPECT_EQ(micros_of("2023-09-19T00:20:35+09:00"), second);
  EXPECT_EQ(micros_of("2023-09-18T15:20:35.5Z"), second + 500000);
  EXPECT_EQ(micros_of("2023-09-18T15:20:35.000001Z"), second + 1);
  EXPECT_EQ(micros_of("2023-09-18T15:20:35.0000019Z"), second + 1) << "cut off, not rounded";
  EXPECT_EQ(micros_of("2023-09-18T15:20:35.123456789012345Z"), second + 123456);
}

TEST(Timestamp, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "2023-09-18",
                           "2023-09-18T15:20:35",
                           "2023-09-18 15:20:35Z",
                           "2023-09-18T15:20Z",
                           "2023-09-18T15:20:35.Z",
                           "2023-09-18T15:20:35.5",
                           "2023-09-18T15:20:35+0000",
                           "2023-09-18T15:20:35+00",
                           "2023-09-18T15:20:35+24:00",
                           "2023-09-18T15:20:35+00:60",
                           "2023-13-18T15:20:35Z",
                           "2023-00-18T15:20:35Z",
                           "2023-09-00T15:20:35Z",
                           "2023-09-31T15:20:35Z",
                           "2023-02-29T15:20:35Z",
                           "2023-09-18T24:00:00Z",
                           "2023-09-18T15:60:35Z",
                           "2016-12-31T23:59:60Z",
                           "23-09-18T15:20:35Z",
                           "02023-09-18T15:20:35Z",
                           "-023-09-18T15:20:35Z",
                           "2023-9-18T15:20:35Z",
                           "2023-09-18T15:20:35Z ",
                           " 2023-09-18T15:20:35Z",
                           "2023-09-18T15:20:35ZZ",
                           "2023-09-18T15:20:35,5Z",
                           "2023-09-18T15:20:35.-5Z",
                           "1695050435",
                           "now"}) {
    EXPECT_EQ(read_timestamp(text), std::nullopt) << text;
  }
  EXPECT_EQ(read_timestamp(std::string_view("2023-09-18T15:20:35Z\0", 21)), std::nullopt);
}

TEST(Timestamp, OfTerapiHasSixDigitsAndNoOffset) {
  const Dialect& terapi = terapi_dialect();
  EXPECT_TRUE(is_canonical_timestamp("2023-09-18T15:20:35.941305+00:00", terapi));
  EXPECT_TRUE(is_canonical_timestamp("2024-01-01T00:00:00.000000+00:00", terapi));
  for (const char* text :
       {"2023-09-18T15:20:35.941305Z", "2023-09-18T15:20:35.94130+00:00",
        "2023-09-18T15:20:35.9413050+00:00", "2023-09-18T15:20:35+00:00",
        "2023-09-18T15:20:35.941305+01:00", "2023-09-18T15:20:35.941305-00:00",
        "2023-09-18t15:20:35.941305+00:00", "2023-02-30T15:20:35.941305+00:00", ""}) {
    EXPECT_FALSE(is_canonical_timestamp(text, terapi)) << text;
  }
}

TEST(Timestamp, OfNangoIsTrimmedAndMayHaveAnOffset) {
  const Dialect& nango = nango_dialect();
  for (const char* text :
       {"2026-11-23T14:28:34.017296+00:00", "2026-11-23T14:28:36.73683+00:00",
        "2026-11-23T14:28:36.543+00:00", "2026-11-23T14:28:36+00:00",
        "2026-11-23T09:31:34.986884-05:00", "2026-11-23T09:31:34.986884+05:30"}) {
    EXPECT_TRUE(is_canonical_timestamp(text, nango)) << text;
  }
  for (const char* text :
       {"2026-11-23T14:28:36.736830+00:00", "2026-11-23T14:28:36.0+00:00",
        "2026-11-23T14:28:36.000000+00:00", "2026-11-23T14:28:36.1234567+00:00",
        "2026-11-23T14:28:36.543Z", "2026-11-23T14:28:36Z", "2026-11-23T14:28:36.123456Z",
        "2026-11-23T14:28:36-00:00", "2026-11-23t14:28:36+00:00", ""}) {
    EXPECT_FALSE(is_canonical_timestamp(text, nango)) << text;
  }
}

TEST(Timestamp, IsWritten) {
  const core::Time time = at_micros(1695050435941305);
  EXPECT_EQ(write_timestamp(time), "2023-09-18T15:20:35.941305+00:00");
  EXPECT_EQ(write_timestamp(time, terapi_dialect()), "2023-09-18T15:20:35.941305+00:00");
  EXPECT_EQ(write_timestamp(time, nango_dialect()), "2023-09-18T15:20:35.941305+00:00");
  EXPECT_EQ(write_millis(time), "2023-09-18T15:20:35.941Z");
  const core::Time tenth = at_micros(1695050430100000);
  EXPECT_EQ(write_timestamp(tenth), "2023-09-18T15:20:30.100000+00:00");
  EXPECT_EQ(write_timestamp(tenth, nango_dialect()), "2023-09-18T15:20:30.1+00:00");
  const core::Time whole = at_micros(1695050430000000);
  EXPECT_EQ(write_timestamp(whole), "2023-09-18T15:20:30.000000+00:00");
  EXPECT_EQ(write_timestamp(whole, nango_dialect()), "2023-09-18T15:20:30+00:00");
  EXPECT_EQ(write_millis(whole), "2023-09-18T15:20:30.000Z");
  EXPECT_EQ(write_millis(at_micros(999)), "1970-01-01T00:00:00.000Z") << "never later";
  EXPECT_EQ(write_millis(at_micros(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, ComesBackAsItWasWritten) {
  for (std::int64_t micros = -62167219200000000; micros < 253402300799999999;
       micros += 37'654'321'098'765) {
    const core::Time time = at_micros(micros);
    for (const Dialect* dialect : {&terapi_dialect(), &nango_dialect()}) {
      const std::string text = write_timestamp(time, *dialect);
      ASSERT_EQ(read_timestamp(text), time) << text;
      ASSERT_TRUE(is_canonical_timestamp(text, *dialect)) << text;
    }
    ASSERT_EQ(read_timestamp(write_millis(time)),
              std::chrono::floor<std::chrono::milliseconds>(time));
  }
}

}  // namespace
}  // namespace terapi::conformance
