// What new Date(text).getTime() was in Node.js 20, in the zone UTC.
#include "simulator/javascript/javascript_date.h"

#include <gtest/gtest.h>

#include <optional>

namespace terapi::simulator {
namespace {

struct DateCase {
  const char* text;
  std::optional<std::int64_t> milliseconds;  // nothing: an invalid date
};

constexpr DateCase kDateCases[] = {
    {"2026-11-23T10:00:00.123Z", 1795428000123},
    {"2026-11-23T10:00Z", 1795428000000},
    {"2026-11-23", 1795392000000},
    {"2026-11", 1793491200000},
    {"2026", 1767225600000},
    {"2026-11-23T10:00:00", 1795428000000},
    {"2026-11-23t10:00:00z", 1795428000000},
    {"2026-11-23 10:00:00Z", 1795428000000},
    {"2026-11-23T10:00:00+02:00", 1795420800000},
    {"2026-11-23T10:00:00-0530", 1795447800000},
    {"2026-02-30T00:00:00Z", 1772409600000},
    {"2026-11-31", 1796083200000},
    {"2026-11-32", std::nullopt},
    {"2026-11-23T24:00:00Z", 1795478400000},
    {"2026-11-23T24:00:01Z", std::nullopt},
    {"2026-11-23T25:00:00Z", std::nullopt},
    {"2026-11-23T00:00:60Z", std::nullopt},
    {"2026-13-01", std::nullopt},
    {"Mon, 23 Nov 2026 10:00:00 GMT", 1795428000000},
    {"23 Nov 2026", 1795392000000},
    {"Nov 23 2026 10:00 PM", 1795471200000},
    {"11/23/2026", 1795392000000},
    {"2026/11/23", 1795392000000},
    {"0", 946684800000},
    {"1", 978307200000},
    {"13", std::nullopt},
    {"32", 1956528000000},
    {"49", 2493072000000},
    {"50", -631152000000},
    {"99", 915148800000},
    {"100", -59011459200000},
    {"1764000000000", std::nullopt},
    {"1764000000", std::nullopt},
    {"abc", std::nullopt},
    {"Nov 2026", 1793491200000},
    {"Nov 5", 1004918400000},
    {"+099999-01-01T00:00:00Z", 3093496444800000},
    {"2026\u201311\u201301", std::nullopt},
    {"abc 2026", 1767225600000},
    {"", std::nullopt},
    {"  ", std::nullopt},
    {"now", std::nullopt},
    {"yesterday", std::nullopt},
    {"T10:00", std::nullopt},
    {"10:00", std::nullopt},
    {"2026-11-23T10", std::nullopt},
    {"2026-11-23T1:00", std::nullopt},
    {"+002026-11-23T10:00:00Z", 1795428000000},
    {"-000001-01-01", -62198755200000},
    {"2026-11-23T10:00:00.Z", std::nullopt},
    {"2026-11-23T10:00:00.123456789Z", 1795428000123},
    {"2026-11-23 10:00 (note) GMT+2", 1795420800000},
    {"2026-11-23T10:00:00 GMT", std::nullopt},
    {"Nov", std::nullopt},
    {"12 Foo 2026", std::nullopt},
    {"2026-11-23T10:00:00Zjunk", std::nullopt},
    {"9999-12-31T23:59:59Z", 253402300799000},
    {"10000-01-01T00:00:00Z", std::nullopt},
    {"2026-1-2", 1767312000000},
    {"2026-11-23T10:00:00+24:00", std::nullopt},
    {"12:00 AM 2026-01-01", 1767225600000},
    {"GMT", std::nullopt},
    {"2026 GMT", 1767225600000},
    {"1/2", 978393600000},
    {"1.2.2026", 1767312000000},
    {"2026-11-23T10:00:00.5+05:30", 1795408200500},
    {"20261123", std::nullopt},
    {"2026-327", std::nullopt},
    {"2026-W48-1", std::nullopt},
};

TEST(JavascriptDate, IsReadAsNodeReadsIt) {
  for (const DateCase& each : kDateCases) {
    const auto date = javascript_date(each.text);
    std::optional<std::int64_t> milliseconds;
    if (date) {
      milliseconds =
          std::chrono::floor<std::chrono::milliseconds>(*date).time_since_epoch().count();
    }
    EXPECT_EQ(milliseconds, each.milliseconds) << each.text;
  }
}

}  // namespace
}  // namespace terapi::simulator
