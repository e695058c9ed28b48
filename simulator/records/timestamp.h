// Timestamps as the API writes them (META-2, HOOK-2). Pure functions.
#pragma once

#include <chrono>
#include <string>

#include "core/clock.h"
#include "core/rfc3339.h"

namespace terapi::simulator {

using core::Duration;
using core::Time;

// No clock goes further, and nothing that is loaded is dated later: a timestamp can say little more
// (years have four digits), and commits, retries and schedules need times that come after.
inline constexpr Time kLatestTime =
    std::chrono::sys_days(std::chrono::year(9999) / std::chrono::January / 1);

// META-2: "2023-09-18T15:20:35.941305+00:00", always six digits and UTC.
inline constexpr std::size_t kTimestampSize = core::kRfc3339Size;
inline char* write_timestamp(char* to, Time time) { return core::write_rfc3339(to, time); }
inline std::string format_timestamp(Time time) { return core::format_rfc3339(time); }

// META-2 in the nango dialect: trailing zeros of the fraction are trimmed, a whole second has none.
// `zone` is the offset from UTC in which it is told. Writes at most kTimestampSize characters and
// returns where they end.
char* write_trimmed_timestamp(char* to, Time time, std::chrono::minutes zone);
std::string format_trimmed_timestamp(Time time, std::chrono::minutes zone);

// "2026-11-23T10:00:00.123Z", the form of dates in webhook bodies; rounds down.
std::string format_millis(Time time);

// "1250" or "0.5": how long something took in milliseconds, as a JSON number.
std::string format_milliseconds(Duration duration);

}  // namespace terapi::simulator
