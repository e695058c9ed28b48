#include "client/timestamp.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "core/random.h"

namespace terapi::client {
namespace {

core::Time micros_since_1970(std::int64_t count) { return core::Time(core::Duration(count)); }

TEST(Timestamp, ReadsWhatTheApiServes) {
  const core::Time served = micros_since_1970(1695050435941305);
  for (const char* text : {"2023-09-18T15:20:35.941305+00:00", "2023-09-18T15:20:35.941305Z",
                           "2023-09-18t15:20:35.941305z", "2023-09-18 15:20:35.941305-00:00",
                           "2023-09-18T11:20:35.941305-04:00", "2023-09-18T20:50:35.941305+05:30",
                           "2023-09-18T15:20:35.941305999Z"}) {
    EXPECT_EQ(parse_timestamp(text), served) << text;
  }
  EXPECT_EQ(parse_timestamp("2023-09-18T15:20:35Z"), micros_since_1970(1695050435000000));
  EXPECT_EQ(parse_timestamp("2023-09-18T15:20:35.5Z"), micros_since_1970(1695050435500000));
  EXPECT_EQ(parse_timestamp("1969-12-31T23:59:59.999999Z"), micros_since_1970(-1));
  EXPECT_EQ(parse_timestamp("2016-12-31T23:59:60Z"), parse_timestamp("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_timestamp("2024-02-29T00:00:00Z"), micros_since_1970(1709164800000000));
}

TEST(Timestamp, CutsAFractionAtMicroseconds) {
  const core::Time whole = micros_since_1970(1695050435000000);
  for (const auto& [text, micros] :
       {std::pair{".0", 0}, std::pair{".9", 900'000}, std::pair{".000001", 1},
        std::pair{".0000009", 0}, std::pair{".941305999", 941'305},
        std::pair{".9999999999999999999999999999", 999'999}}) {
    EXPECT_EQ(parse_timestamp("2023-09-18T15:20:35" + std::string(text) + "+00:00"),
              whole + core::Duration(micros))
        << text;
  }
}

TEST(Timestamp, ReadsTheEndsOfItsRange) {
  EXPECT_EQ(parse_timestamp("0000-01-01T00:00:00Z"), micros_since_1970(-62167219200000000));
  EXPECT_EQ(parse_timestamp("9999-12-31T23:59:59.999999+00:00"),
            micros_since_1970(253402300799999999));
  EXPECT_EQ(parse_timestamp("2024-01-01T00:00:00+23:59"), parse_timestamp("2023-12-31T00:01:00Z"));
  EXPECT_EQ(parse_timestamp("2023-12-31T23:59:00-23:59"), parse_timestamp("2024-01-01T23:58:00Z"));
  EXPECT_EQ(parse_timestamp("2000-02-29T00:00:00.000000+00:00"),
            parse_timestamp("2000-02-29T00:00:00Z"));
}

// The short cut for what the API writes and the way for everything else read alike.
TEST(Timestamp, EachAlteredByteIsReadAsInTheGeneralForm) {
  const std::string canonical = "2023-09-18T15:20:35.941305+00:00";
  for (std::size_t at = 0; at < canonical.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = canonical;
      text[at] = static_cast<char>(byte);
      // One more digit of the fraction changes no time and is not the canonical form.
      std::string general = text;
      general.insert(26, "0");
      EXPECT_EQ(parse_timestamp(text), parse_timestamp(general)) << text;
    }
  }
}

TEST(Timestamp, NoBeginningOfATimestampIsOne) {
  const std::string canonical = "2023-09-18T15:20:35.941305+00:00";
  for (std::size_t size = 0; size < canonical.size(); ++size) {
    EXPECT_FALSE(parse_timestamp(std::string_view(canonical).substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_timestamp(canonical + " "));
  EXPECT_FALSE(parse_timestamp(" " + canonical));
}

TEST(Timestamp, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "now",
                           "2023-09-18",
                           "2023-09-18T15:20:35",
                           "2023-09-18T15:20Z",
                           "2023-02-29T00:00:00Z",
                           "2023-13-01T00:00:00Z",
                           "2023-00-01T00:00:00Z",
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
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Timestamp, WritesOneForm) {
  EXPECT_EQ(format_timestamp(micros_since_1970(0)), "1970-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(format_timestamp(micros_since_1970(1695050435941305)),
            "2023-09-18T15:20:35.941305+00:00");
  EXPECT_EQ(format_timestamp(micros_since_1970(-1)), "1969-12-31T23:59:59.999999+00:00");
  EXPECT_EQ(format_timestamp(micros_since_1970(-62167219200000000)),
            "0000-01-01T00:00:00.000000+00:00");
}

// Over all the years that have four digits.
TEST(Timestamp, ComesBackAsItWas) {
  constexpr std::int64_t kYear0 = -62'167'219'200'000'000;
  constexpr std::int64_t kYear10000 = 253'402'300'800'000'000;
  core::Random random(5);
  for (int i = 0; i < 2'000; ++i) {
    const auto into = static_cast<std::int64_t>(random.below(kYear10000 - kYear0));
    const core::Time time = micros_since_1970(kYear0 + into);
    EXPECT_EQ(parse_timestamp(format_timestamp(time)), time);
  }
}

}  // namespace
}  // namespace terapi::client
