#include "client/retry_after.h"

#include <gtest/gtest.h>

#include "core/rfc3339.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

const core::Time kAskedNow = *core::parse_rfc3339("1994-11-06T08:49:37Z");

TEST(RetryAfter, ReadsWholeSeconds) {
  EXPECT_EQ(parse_retry_after("0", kAskedNow), 0s);
  EXPECT_EQ(parse_retry_after("1", kAskedNow), 1s);
  EXPECT_EQ(parse_retry_after(" 3600\t", kAskedNow), 1h);
}

TEST(RetryAfter, ReadsDatesOfAllThreeFormats) {
  for (const char* date : {"Sun, 06 Nov 1994 08:51:37 GMT", "Sunday, 06-Nov-94 08:51:37 GMT",
                           "Sun Nov  6 08:51:37 1994"}) {
    EXPECT_EQ(parse_retry_after(date, kAskedNow), 2min) << date;
  }
}

TEST(RetryAfter, ReadsDaysOfTwoDigitsInEachFormat) {
  const core::Time now = *core::parse_rfc3339("2026-11-24T00:00:00Z");
  for (const char* date : {"Wed, 25 Nov 2026 00:00:00 GMT", "Wednesday, 25-Nov-26 00:00:00 GMT",
                           "Wed Nov 25 00:00:00 2026"}) {
    EXPECT_EQ(parse_retry_after(date, now), 24h) << date;
  }
  EXPECT_EQ(parse_retry_after("Tue Nov 24 00:00:01 2026", now), 1s);
}

// RFC 9110, 5.6.7: more than 50 years ahead is the past; and a century may end tomorrow.
TEST(RetryAfter, AYearOfTwoDigitsIsTheNearOne) {
  EXPECT_EQ(parse_retry_after("Friday, 01-Jan-00 00:00:00 GMT",
                              *core::parse_rfc3339("2099-12-31T23:59:00Z")),
            1min);
  const core::Time now = *core::parse_rfc3339("2026-11-24T00:00:00Z");
  EXPECT_EQ(parse_retry_after("Wednesday, 24-Nov-76 00:00:00 GMT", now), 24h * 3650);
  EXPECT_EQ(parse_retry_after("Wednesday, 24-Nov-77 00:00:00 GMT", now), 0s);
  EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-44 08:49:37 GMT", kAskedNow), 24h * 3650);
  EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-45 08:49:37 GMT", kAskedNow), 0s);
}

TEST(RetryAfter, CountsFromAnInstantWithinASecond) {
  const core::Time now = kAskedNow + 250ms;
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:38 GMT", now), 750ms);
  EXPECT_EQ(parse_retry_after("2", now), 2s);
}

TEST(RetryAfter, ALeapSecondIsTheFirstOfTheNextMinute) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:60 GMT", kAskedNow), 23s);
}

TEST(RetryAfter, ADateThatHasPassedIsZero) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", kAskedNow), 0s);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", kAskedNow), 0s);
}

TEST(RetryAfter, TheFarFutureIsTenYears) {
  const core::Duration most = 24h * 3650;
  EXPECT_EQ(parse_retry_after("999999999999999999999999", kAskedNow), most);
  EXPECT_EQ(parse_retry_after("999999999", kAskedNow), most);
  EXPECT_EQ(parse_retry_after("4294967296", kAskedNow), most);
  EXPECT_EQ(parse_retry_after(std::string(100'000, '9'), kAskedNow), most);
  EXPECT_EQ(parse_retry_after("00000000000000000007", kAskedNow), 7s);
  EXPECT_EQ(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", kAskedNow), most);
}

TEST(RetryAfter, GarbageIsNone) {
  for (const char* value :
       {"", " ", "soon", "-1", "+1", "1.5", "1e3", "0x10", "1 2", "Sun, 06 Nov 1994 08:51:37",
        "Sun, 06 Nov 1994 08:51:37 CET", "Sun, 31 Feb 1994 08:51:37 GMT",
        "Sun, 06 Foo 1994 08:51:37 GMT", "Sun, 06 Nov 1994 8:51:37 GMT",
        "Sun, 06 Nov 19943 08:51:37 GMT", "Sun, 06 Nov 1994 24:51:37 GMT", "Sun Nov 6 1994",
        // A day that is 1 in eight bits; digits that are none; marks in the wrong place.
        "Sun, 257 Nov 1994 08:51:37 GMT", "Sunday, 06-Nov-xx 08:51:37 GMT",
        "Sun-06-Nov,1994 08:51:37 GMT", "Foo, 06 Nov 1994 08:51:37 GMT",
        "Sun, 000006 Nov 1994 08:51:37 GMT", "Sun, 06 Nov 1994 08:51:37 GMT,",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:51:61 GMT",
        "Sun, 00 Nov 1994 08:51:37 GMT", "Sun Nov 06 08:51:37 1994 GMT", "Sun Nov 31 08:51:37 1994",
        "Sun, 06-Nov-94 08:51:37 GMT", "1994-11-06T08:51:37Z", "60s", "60,60", "\xef\xbc\x91"}) {
    EXPECT_FALSE(parse_retry_after(value, kAskedNow)) << value;
  }
}

}  // namespace
}  // namespace terapi::client
