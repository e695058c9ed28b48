#include "client/program/figures.h"

#include <gtest/gtest.h>

#include "core/rfc3339.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

TEST(Figures, GroupsThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(412000), "412,000");
  EXPECT_EQ(grouped(18446744073709551615U), "18,446,744,073,709,551,615");
}

TEST(Figures, CountsInSingularAndPlural) {
  EXPECT_EQ(counted(0, "page"), "0 pages");
  EXPECT_EQ(counted(1, "page"), "1 page");
  EXPECT_EQ(counted(1200, "page"), "1,200 pages");
}

TEST(Figures, RatesHaveThreeDigitsAtMost) {
  EXPECT_EQ(short_rate(0), "0");
  EXPECT_EQ(short_rate(950), "950");
  EXPECT_EQ(short_rate(999.6), "1.0k");
  EXPECT_EQ(short_rate(9'400), "9.4k");
  EXPECT_EQ(short_rate(9'960), "10k");
  EXPECT_EQ(short_rate(231'400), "231k");
  EXPECT_EQ(short_rate(999'600), "1.0M");
  EXPECT_EQ(short_rate(1'230'000), "1.2M");
}

TEST(Figures, SpansHaveTwoUnitsAtMost) {
  EXPECT_EQ(short_span(-5s), "0s");
  EXPECT_EQ(short_span(900ms), "0s");
  EXPECT_EQ(short_span(59s), "59s");
  EXPECT_EQ(short_span(60s), "1m");
  EXPECT_EQ(short_span(125s), "2m 5s");
  EXPECT_EQ(short_span(1h + 4min + 59s), "1h 4m");
  EXPECT_EQ(short_span(24h * 3 + 2h), "3d 2h");
  EXPECT_EQ(exact_span(349ms), "0.3s");
  EXPECT_EQ(exact_span(59'999ms), "59.9s");
  EXPECT_EQ(exact_span(61s), "1m 1s");
}

TEST(Figures, TimesAreUtcToTheSecond) {
  EXPECT_EQ(short_time(*core::parse_rfc3339("2026-11-23T20:44:07.804863+00:00")),
            "2026-11-23 20:44:07Z");
}

TEST(Figures, CutsBetweenCharacters) {
  EXPECT_EQ(cut_to("abc", 3), "abc");
  EXPECT_EQ(cut_to("abcd", 3), "ab…");
  EXPECT_EQ(cut_to("äöüß", 3), "äö…");
  EXPECT_EQ(cut_to("abc", 0), "");
  EXPECT_EQ(width_of("äöü…"), 4U);
}

TEST(Figures, ShortensTheMiddle) {
  EXPECT_EQ(shortened("0123456789", 3, 4), "012…6789");
  EXPECT_EQ(shortened("01234567", 3, 4), "01234567");  // nothing would be saved
  EXPECT_EQ(shortened("äöüäöüäöü", 2, 1), "äö…ü");
}

TEST(Figures, ControlCharactersDoNotReachATerminal) {
  EXPECT_EQ(printable("plain é …"), "plain é …");
  EXPECT_EQ(printable("a\x1b[2Jb\nc"), "a\\x1b[2Jb\\x0ac");
  EXPECT_EQ(printable("a\xC2\x9B"
                      "2J"),
            "a\\x9b2J");
}

}  // namespace
}  // namespace terapi::client
