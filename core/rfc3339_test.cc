#include "core/rfc3339.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <string>
#include <utility>

#include "core/random.h"

namespace terapi::core {
namespace {

using namespace std::chrono;  // NOLINT(google-build-using-namespace): calendar names read best bare

Time time_of(int y, unsigned m, unsigned d, int hour = 0, int minute = 0, int second = 0,
             int micros = 0) {
  return Time(sys_days(year(y) / m / d)) + hours(hour) + minutes(minute) + seconds(second) +
         microseconds(micros);
}

Time micros_since_1970(std::int64_t count) { return Time(Duration(count)); }

TEST(Rfc3339, ReadsWhatTheApiServes) {
  const Time served = micros_since_1970(1695050435941305);
  for (const char* text : {"2023-09-18T15:20:35.941305+00:00", "2023-09-18T15:20:35.941305Z",
                           "2023-09-18t15:20:35.941305z", "2023-09-18 15:20:35.941305-00:00",
                           "2023-09-18T11:20:35.941305-04:00", "2023-09-18T20:50:35.941305+05:30",
                           "2023-09-18T15:20:35.941305999Z"}) {
    EXPECT_EQ(parse_rfc3339(text), served) << text;
  }
  EXPECT_EQ(parse_rfc3339("2023-09-18T15:20:35Z"), micros_since_1970(1695050435000000));
  EXPECT_EQ(parse_rfc3339("2023-09-18T15:20:35.5Z"), micros_since_1970(1695050435500000));
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59.999999Z"), micros_since_1970(-1));
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), micros_since_1970(1709164800000000));
}

TEST(Rfc3339, CutsAFractionAtMicroseconds) {
  const Time whole = micros_since_1970(1695050435000000);
  for (const auto& [text, micros] :
       {std::pair{".0", 0}, std::pair{".9", 900'000}, std::pair{".000001", 1},
        std::pair{".0000009", 0}, std::pair{".941305999", 941'305},
        std::pair{".9999999999999999999999999999", 999'999}}) {
    EXPECT_EQ(parse_rfc3339("2023-09-18T15:20:35" + std::string(text) + "+00:00"),
              whole + Duration(micros))
        << text;
  }
}

TEST(Rfc3339, ReadsTheEndsOfItsRange) {
  EXPECT_EQ(parse_rfc3339("0000-01-01T00:00:00Z"), micros_since_1970(-62167219200000000));
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59.999999+00:00"),
            micros_since_1970(253402300799999999));
  EXPECT_EQ(parse_rfc3339("2024-01-01T00:00:00+23:59"), parse_rfc3339("2023-12-31T00:01:00Z"));
  EXPECT_EQ(parse_rfc3339("2023-12-31T23:59:00-23:59"), parse_rfc3339("2024-01-01T23:58:00Z"));
  EXPECT_EQ(parse_rfc3339("2000-02-29T00:00:00.000000+00:00"),
            parse_rfc3339("2000-02-29T00:00:00Z"));
}

// The short cut for what the API writes and the way for everything else read alike.
TEST(Rfc3339, EachAlteredByteIsReadAsInTheGeneralForm) {
  const std::string canonical = "2023-09-18T15:20:35.941305+00:00";
  for (std::size_t at = 0; at < canonical.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = canonical;
      text[at] = static_cast<char>(byte);
      // One more digit of the fraction changes no time and is not the canonical form.
      std::string general = text;
      general.insert(26, "0");
      EXPECT_EQ(parse_rfc3339(text), parse_rfc3339(general)) << text;
    }
  }
}

TEST(Rfc3339, NoBeginningOfATimestampIsOne) {
  const std::string canonical = "2023-09-18T15:20:35.941305+00:00";
  for (std::size_t size = 0; size < canonical.size(); ++size) {
    EXPECT_FALSE(parse_rfc3339(std::string_view(canonical).substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_rfc3339(canonical + " "));
  EXPECT_FALSE(parse_rfc3339(" " + canonical));
}

TEST(Rfc3339, RefusesWhatIsNone) {
  for (const char* text : {"",
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
                           "2023-11-17T09:47:14.447+02:00|id^1",
                           "2023-09-18",
                           "2023-09-18T15:20:35",
                           "2023-09-18T15:20Z",
                           "2023-02-29T00:00:00Z",
                           "2023-09-31T00:00:00Z",
                           "2023-09-18T24:00:00Z",
                           "2023-09-18T00:60:00Z",
                           "2023-09-18T00:00:61Z",
                           "2023-09-18T00:00:00.Z",
                           "2023-09-18T00:00:00+24:00",
                           "2023-09-18T00:00:00+0000",
                           "2023-09-18T00:00:00Zx",
                           "2023-9-18T00:00:00Z",
                           "-023-09-18T00:00:00Z",
                           "2023-09-18T00:00:0-Z",
                           "2023-02-30T15:20:35.941305+00:00",
                           "2100-02-29T15:20:35.941305+00:00",
                           "2023-13-18T15:20:35.941305+00:00",
                           "2023-09-00T15:20:35.941305+00:00",
                           "2023-09-18T24:20:35.941305+00:00",
                           "2023-09-18T15:60:35.941305+00:00",
                           "2023-09-18T15:20:61.941305+00:00",
                           "2023-09-18T00:00:00+00:60",
                           "2023-09-18T00:00:00,5Z",
                           "2023-09-18T00:00:00 Z",
                           "2023-09-18T00:00:00+-1:00",
                           "2023/09/18T00:00:00Z",
                           "12023-09-18T00:00:00Z",
                           "1695050435"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
  EXPECT_FALSE(parse_rfc3339(std::string("2023-11-17T09:47:14Z\0", 21)));
  EXPECT_TRUE(parse_rfc3339("2023-11-17T09:47:14." + std::string(100000, '9') + "Z"));
}

TEST(Rfc3339, ReadsEveryForm) {
  const Time expected = time_of(2023, 11, 17, 9, 47, 14, 447000);
  for (const std::string text :
       {"2023-11-17T09:47:14.447Z", "2023-11-17t09:47:14.447z", "2023-11-17 09:47:14.447Z",
        "2023-11-17T09:47:14.447+00:00", "2023-11-17T09:47:14.447-00:00",
        "2023-11-17T11:47:14.447+02:00", "2023-11-17T15:32:14.447+05:45",
        "2023-11-16T09:48:14.447-23:59", "2023-11-18T09:46:14.447+23:59",
        "2023-11-17T09:47:14.447000000000000000000000000001Z", "2023-11-17T09:47:14.4470009Z",
        "2023-11-17T09:47:14.44700099999999999999Z"}) {
    EXPECT_EQ(parse_rfc3339(text), expected) << text;
  }
  EXPECT_EQ(parse_rfc3339("2023-11-17T09:47:14Z"), time_of(2023, 11, 17, 9, 47, 14));
  EXPECT_EQ(parse_rfc3339("2023-11-17T09:47:14.1Z"), time_of(2023, 11, 17, 9, 47, 14, 100000));
}

TEST(Rfc3339, CountsALeapSecondAsTheNextSecond) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), time_of(2017, 1, 1));
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60.5Z"), time_of(2017, 1, 1, 0, 0, 0, 500000));
  EXPECT_EQ(parse_rfc3339("2017-01-01T00:59:60+01:00"), time_of(2017, 1, 1));
}

TEST(Rfc3339, KnowsTheCalendar) {
  EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z"));
  EXPECT_TRUE(parse_rfc3339("2000-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2023-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("1900-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2023-04-31T00:00:00Z"));
}

// The C library is an oracle for the calendar.
TEST(Rfc3339, AgreesWithTheCLibrary) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Random random(seed);
    const std::time_t seconds_since = static_cast<std::time_t>(random.below(253402300800ULL));
    std::tm parts{};
    gmtime_r(&seconds_since, &parts);
    char text[64];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.000000+00:00", &parts);
    EXPECT_EQ(format_rfc3339(Time(seconds(seconds_since))), text) << "seed " << seed;
  }
}

TEST(Rfc3339, WritesOneForm) {
  EXPECT_EQ(format_rfc3339(micros_since_1970(0)), "1970-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(format_rfc3339(micros_since_1970(1695050435941305)),
            "2023-09-18T15:20:35.941305+00:00");
  EXPECT_EQ(format_rfc3339(micros_since_1970(-1)), "1969-12-31T23:59:59.999999+00:00");
  EXPECT_EQ(format_rfc3339(micros_since_1970(-62167219200000000)),
            "0000-01-01T00:00:00.000000+00:00");
}

// Over all the years that have four digits.
TEST(Rfc3339, ComesBackAsItWas) {
  constexpr std::int64_t kYear0 = -62'167'219'200'000'000;
  constexpr std::int64_t kYear10000 = 253'402'300'800'000'000;
  Random random(5);
  for (int i = 0; i < 2'000; ++i) {
    const auto into = static_cast<std::int64_t>(random.below(kYear10000 - kYear0));
    const Time time = micros_since_1970(kYear0 + into);
    EXPECT_EQ(parse_rfc3339(format_rfc3339(time)), time);
  }
}

// Four digits say no later year and none before the first: nothing is dated 0000 that is not.
TEST(Rfc3339, WritesWhatLiesBeyondAsTheFirstOrLastMoment) {
  const Time last = *parse_rfc3339("9999-12-31T23:59:59.999999Z");
  const Time first = *parse_rfc3339("0000-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(last), "9999-12-31T23:59:59.999999+00:00");
  EXPECT_EQ(format_rfc3339(first), "0000-01-01T00:00:00.000000+00:00");
  for (const Time later : {last + Duration(1), last + std::chrono::hours(24 * 365 * 10'000),
                           *parse_rfc3339("9999-12-31T23:59:59-23:59"), Time::max()}) {
    EXPECT_EQ(format_rfc3339(later), format_rfc3339(last));
  }
  for (const Time earlier :
       {first - Duration(1), *parse_rfc3339("0000-01-01T00:00:00+23:59"), Time::min()}) {
    EXPECT_EQ(format_rfc3339(earlier), format_rfc3339(first));
  }
}

}  // namespace
}  // namespace terapi::core
