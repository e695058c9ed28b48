#include "client/timestamp.h"

#include <gtest/gtest.h>

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
                           "1695050435"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Timestamp, WritesOneForm) {
  EXPECT_EQ(format_timestamp(micros_since_1970(0)), "1970-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(format_timestamp(micros_since_1970(1695050435941305)),
            "2023-09-18T15:20:35.941305+00:00");
}

TEST(Timestamp, ComesBackAsItWas) {
  core::Random random(5);
  for (int i = 0; i < 2'000; ++i) {
    const core::Time time =
        micros_since_1970(static_cast<std::int64_t>(random.below(4'000'000'000'000'000)));
    EXPECT_EQ(parse_timestamp(format_timestamp(time)), time);
  }
}

}  // namespace
}  // namespace terapi::client
