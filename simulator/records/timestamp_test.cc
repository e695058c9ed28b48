#include "simulator/records/timestamp.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
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
  EXPECT_EQ(format_trimmed_timestamp(time_of(2023, 9, 18, 15, 20, 35, 941300)),
            "2023-09-18T15:20:35.9413+00:00");
  EXPECT_EQ(format_trimmed_timestamp(time_of(2023, 9, 18, 15, 20, 30)),
            "2023-09-18T15:20:30+00:00");
  EXPECT_EQ(format_trimmed_timestamp(time_of(2023, 9, 18, 15, 20, 35, 1)),
            "2023-09-18T15:20:35.000001+00:00");
}

TEST(Timestamp, RoundsMillisecondsDown) {
  EXPECT_EQ(format_millis(time_of(2026, 11, 23, 10, 0, 0, 123999)), "2026-11-23T10:00:00.123Z");
  EXPECT_EQ(format_millis(time_of(1969, 12, 31, 23, 59, 59, 999999)), "1969-12-31T23:59:59.999Z");
}

TEST(Timestamp, ReadsEveryForm) {
  const Time expected = time_of(2023, 11, 17, 9, 47, 14, 447000);
  for (const std::string text :
       {"2023-11-17T09:47:14.447Z", "2023-11-17t09:47:14.447z", "2023-11-17 09:47:14.447Z",
        "2023-11-17T09:47:14.447+00:00", "2023-11-17T09:47:14.447-00:00",
        "2023-11-17T11:47:14.447+02:00", "2023-11-17T15:32:14.447+05:45",
        "2023-11-16T09:48:14.447-23:59", "2023-11-18T09:46:14.447+23:59",
        "2023-11-17T09:47:14.447000000000000000000000000001Z", "2023-11-17T09:47:14.4470009Z",
        "2023-11-17T09:47:14.44700099999999999999Z"}) {
    EXPECT_EQ(parse_timestamp(text), expected) << text;
  }
  EXPECT_EQ(parse_timestamp("2023-11-17T09:47:14Z"), time_of(2023, 11, 17, 9, 47, 14));
  EXPECT_EQ(parse_timestamp("2023-11-17T09:47:14.1Z"), time_of(2023, 11, 17, 9, 47, 14, 100000));
}

TEST(Timestamp, RoundsDownAlsoBeforeTheEpoch) {
  EXPECT_EQ(parse_timestamp("1969-12-31T23:59:59.9999999Z"),
            time_of(1969, 12, 31, 23, 59, 59, 999999));
}

TEST(Timestamp, CountsALeapSecondAsTheNextSecond) {
  EXPECT_EQ(parse_timestamp("2016-12-31T23:59:60Z"), time_of(2017, 1, 1));
  EXPECT_EQ(parse_timestamp("2016-12-31T23:59:60.5Z"), time_of(2017, 1, 1, 0, 0, 0, 500000));
  EXPECT_EQ(parse_timestamp("2017-01-01T00:59:60+01:00"), time_of(2017, 1, 1));
}

TEST(Timestamp, KnowsTheCalendar) {
  EXPECT_TRUE(parse_timestamp("2024-02-29T00:00:00Z"));
  EXPECT_TRUE(parse_timestamp("2000-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_timestamp("2023-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_timestamp("1900-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_timestamp("2023-04-31T00:00:00Z"));
}

TEST(Timestamp, RefusesWhatIsNone) {
  for (const std::string text : {"",
                                 "now",
                                 "0",
                                 "1700214434",
                                 "1700214434000",
                                 "2023",
                                 "2023-11",
                                 "2023-11-17",
                                 "2023-11-17T09:47Z",
                                 "2023-11-17T09:47:14",
                                 "2023-11-17T09:47:14.447",
                                 "2023-11-17T09:47:14.Z",
                                 "2023-11-17T09:47:14,447Z",
                                 "2023-11-17T9:47:14Z",
                                 "2023-11-17T24:00:00Z",
                                 "2023-11-17T23:60:00Z",
                                 "2023-11-17T23:59:61Z",
                                 "2023-13-01T00:00:00Z",
                                 "2023-00-01T00:00:00Z",
                                 "2023-01-00T00:00:00Z",
                                 "2023-01-32T00:00:00Z",
                                 "2023-11-17T09:47:14+0200",
                                 "2023-11-17T09:47:14+02",
                                 "2023-11-17T09:47:14+24:00",
                                 "2023-11-17T09:47:14+02:60",
                                 "2023-11-17T09:47:14 02:00",
                                 "2023-11-17T09:47:14ZZ",
                                 "2023-11-17T09:47:14Z ",
                                 " 2023-11-17T09:47:14Z",
                                 "2023/11/17T09:47:14Z",
                                 "20231117T094714Z",
                                 "+2023-11-17T09:47:14Z",
                                 "-2023-11-17T09:47:14Z",
                                 "12023-11-17T09:47:14Z",
                                 "2023-11-17_09:47:14Z",
                                 "2023-11-17T09:47:14.4 47Z",
                                 "2023-11-17T-9:47:14Z",
                                 "\xEF\xBC\x92"
                                 "023-11-17T09:47:14Z",
                                 "2023-11-17T09:47:14.447+02:00|id^1"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
  EXPECT_FALSE(parse_timestamp(std::string("2023-11-17T09:47:14Z\0", 21)));
  EXPECT_TRUE(parse_timestamp("2023-11-17T09:47:14." + std::string(100000, '9') + "Z"));
}

TEST(Timestamp, ComesBackWhole) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    core::Random random(seed);
    const Time time(microseconds(static_cast<std::int64_t>(random.below(253402300800000000ULL))));
    EXPECT_EQ(parse_timestamp(format_timestamp(time)), time) << "seed " << seed;
    EXPECT_EQ(parse_timestamp(format_trimmed_timestamp(time)), time) << "seed " << seed;
    EXPECT_EQ(parse_timestamp(format_millis(time)), floor<milliseconds>(time)) << "seed " << seed;
    EXPECT_EQ(format_timestamp(time).size(), kTimestampSize);
  }
}

// The C library is an oracle for the calendar.
TEST(Timestamp, AgreesWithTheCLibrary) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    core::Random random(seed);
    const std::time_t seconds_since = static_cast<std::time_t>(random.below(253402300800ULL));
    std::tm parts{};
    gmtime_r(&seconds_since, &parts);
    char text[64];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.000000+00:00", &parts);
    EXPECT_EQ(format_timestamp(Time(seconds(seconds_since))), text) << "seed " << seed;
  }
}

}  // namespace
}  // namespace terapi::simulator
