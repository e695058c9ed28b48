#include "client/retry_after.h"

#include <gtest/gtest.h>

#include "client/timestamp.h"

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

const core::Time kAskedNow = *parse_timestamp("1994-11-06T08:49:37Z");

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

TEST(RetryAfter, ADateThatHasPassedIsZero) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", kAskedNow), 0s);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", kAskedNow), 0s);
}

TEST(RetryAfter, TheFarFutureIsTenYears) {
  const core::Duration most = 24h * 3650;
  EXPECT_EQ(parse_retry_after("999999999999999999999999", kAskedNow), most);
  EXPECT_EQ(parse_retry_after("999999999", kAskedNow), most);
  EXPECT_EQ(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", kAskedNow), most);
}

TEST(RetryAfter, GarbageIsNone) {
  for (const char* value :
       {"", " ", "soon", "-1", "+1", "1.5", "1e3", "0x10", "1 2", "Sun, 06 Nov 1994 08:51:37",
        "Sun, 06 Nov 1994 08:51:37 CET", "Sun, 31 Feb 1994 08:51:37 GMT",
        "Sun, 06 Foo 1994 08:51:37 GMT", "Sun, 06 Nov 1994 8:51:37 GMT",
        "Sun, 06 Nov 19943 08:51:37 GMT", "Sun, 06 Nov 1994 24:51:37 GMT", "Sun Nov 6 1994"}) {
    EXPECT_FALSE(parse_retry_after(value, kAskedNow)) << value;
  }
}

}  // namespace
}  // namespace terapi::client
