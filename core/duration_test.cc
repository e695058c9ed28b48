#include "core/duration.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core/random.h"

namespace terapi::core {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("250us").value_or(-1us), 250us);
  EXPECT_EQ(parse_duration("100ms").value_or(-1us), 100ms);
  EXPECT_EQ(parse_duration("20s").value_or(-1us), 20s);
  EXPECT_EQ(parse_duration("5m").value_or(-1us), 5min);
  EXPECT_EQ(parse_duration("1h").value_or(-1us), 1h);
  EXPECT_EQ(parse_duration("2d").value_or(-1us), 48h);
  EXPECT_EQ(parse_duration("0s").value_or(-1us), 0us);
  EXPECT_EQ(parse_duration("007ms").value_or(-1us), 7ms);
}

TEST(Duration, ReadsDecimals) {
  EXPECT_EQ(parse_duration("1.5s").value_or(-1us), 1500ms);
  EXPECT_EQ(parse_duration("0.1ms").value_or(-1us), 100us);
  EXPECT_EQ(parse_duration("0.25h").value_or(-1us), 15min);
  EXPECT_EQ(parse_duration("1.000001s").value_or(-1us), 1000001us);
  EXPECT_EQ(parse_duration("1.00000199999999999999s").value_or(-1us), 1000001us);
}

TEST(Duration, ReadsSeveralUnitsTheLongestFirst) {
  EXPECT_EQ(parse_duration("6h10m").value_or(-1us), 370min);
  EXPECT_EQ(parse_duration("1d2h3m4s5ms6us").value_or(-1us), 26h + 3min + 4005ms + 6us);
  EXPECT_EQ(parse_duration("1m1ms").value_or(-1us), 60001ms);
  EXPECT_EQ(parse_duration("1h0.5m").value_or(-1us), 1h + 30s);
}

TEST(Duration, RefusesWhatHasNoUnitOrNoNumber) {
  for (const std::string text : {"",
                                 "s",
                                 "5",
                                 "1.5",
                                 ".5s",
                                 "5.s",
                                 "-1s",
                                 "+1s",
                                 " 1s",
                                 "1s ",
                                 "1 s",
                                 "1S",
                                 "1sec",
                                 "1e3s",
                                 "1,5s",
                                 "1.5.5s",
                                 "1h30",
                                 "30m1h",
                                 "1h1h",
                                 "1h 30m",
                                 "1h-30m",
                                 "h30m",
                                 "1hm",
                                 "3650000d1us",
                                 "99999999999999999999s",
                                 "9223372036854775807d",
                                 "315360000000000001us",
                                 "NaNs"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, "bad_duration");
    EXPECT_NE(parsed.error().message.find("'" + text + "'"), std::string::npos);
  }
}

TEST(Duration, WritesTheShortestForm) {
  EXPECT_EQ(format_duration(0us), "0s");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(100ms), "100ms");
  EXPECT_EQ(format_duration(1h), "1h");
  EXPECT_EQ(format_duration(24h), "1d");
  EXPECT_EQ(format_duration(1001us), "1001us");
}

TEST(Duration, ReadsBackWhatItWrites) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Random random(seed);
    constexpr std::int64_t kUnits[] = {1, 1000, 1000000, 60000000, 3600000000, 86400000000};
    const Duration duration(static_cast<std::int64_t>(random.below(100000)) *
                            kUnits[random.below(6)]);
    const auto again = parse_duration(format_duration(duration));
    ASSERT_TRUE(again) << "seed " << seed;
    EXPECT_EQ(*again, duration) << "seed " << seed;
  }
}

}  // namespace
}  // namespace terapi::core
