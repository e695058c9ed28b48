#include "simulator/records/timestamp.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core/random.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace): calendar names read best bare

Time time_of(int y, unsigned m, unsigned d, int hour = 0, int minute = 0, int second = 0,
             int micros = 0) {
  return Time(sys_days(year(y) / m / d)) + hours(hour) + minutes(minute) + seconds(second) +
         microseconds(micros);
}

TEST(Timestamp, HasAlwaysSixDigitsAndUtc) {
  EXPECT_EQ(format_timestamp(time_of(2023, 9, 18, 15, 20, 35, 941305)),
            "2023-09-18T15:20:35.941305+00:00");
  EXPECT_EQ(format_timestamp(time_of(2024, 2, 29)), "2024-02-29T00:00:00.000000+00:00");
  EXPECT_EQ(format_timestamp(time_of(1969, 12, 31, 23, 59, 59, 999999)),
            "1969-12-31T23:59:59.999999+00:00");
  EXPECT_EQ(format_timestamp(time_of(9999, 12, 31, 23, 59, 59, 1)),
            "9999-12-31T23:59:59.000001+00:00");
  EXPECT_EQ(format_timestamp(time_of(0, 1, 1)), "0000-01-01T00:00:00.000000+00:00");
}

TEST(Timestamp, TrimsInTheNangoForm) {
  EXPECT_EQ(format_trimmed_timestamp(time_of(2023, 9, 18, 15, 20, 35, 941300), {}),
            "2023-09-18T15:20:35.9413+00:00");
  EXPECT_EQ(format_trimmed_timestamp(time_of(2023, 9, 18, 15, 20, 30), {}),
            "2023-09-18T15:20:30+00:00");
  EXPECT_EQ(format_trimmed_timestamp(time_of(2023, 9, 18, 15, 20, 35, 1), {}),
            "2023-09-18T15:20:35.000001+00:00");
}

TEST(Timestamp, RoundsMillisecondsDown) {
  EXPECT_EQ(format_millis(time_of(2026, 11, 23, 10, 0, 0, 123999)), "2026-11-23T10:00:00.123Z");
  EXPECT_EQ(format_millis(time_of(1969, 12, 31, 23, 59, 59, 999999)), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, ComesBackWhole) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    core::Random random(seed);
    const Time time(microseconds(static_cast<std::int64_t>(random.below(253402300800000000ULL))));
    EXPECT_EQ(core::parse_rfc3339(format_timestamp(time)), time) << "seed " << seed;
    EXPECT_EQ(core::parse_rfc3339(format_trimmed_timestamp(time, {})), time) << "seed " << seed;
    EXPECT_EQ(core::parse_rfc3339(format_millis(time)), floor<milliseconds>(time))
        << "seed " << seed;
    EXPECT_EQ(format_timestamp(time).size(), kTimestampSize);
  }
}

// META-2 in the nango dialect: in the zone of the database's session.
TEST(TrimmedTimestamp, IsToldInAZone) {
  const Time time = *core::parse_rfc3339("2026-11-23T14:31:34.986884Z");
  EXPECT_EQ(format_trimmed_timestamp(time, std::chrono::hours(-5)),
            "2026-11-23T09:31:34.986884-05:00");
  EXPECT_EQ(format_trimmed_timestamp(time, std::chrono::minutes(330)),
            "2026-11-23T20:01:34.986884+05:30");
}

}  // namespace
}  // namespace terapi::simulator
