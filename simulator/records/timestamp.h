// Timestamps as the API writes and reads them (META-2, REC-8). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace terapi::simulator {

using core::Duration;
using core::Time;

// META-2: "2023-09-18T15:20:35.941305+00:00", always 32 characters, years 0000 to 9999.
inline constexpr std::size_t kTimestampSize = 32;
// Writes kTimestampSize characters and returns where they end, as the other write_… functions do:
// pages are made of them by the thousand, and have their room reserved.
char* write_timestamp(char* to, Time time);
void append_timestamp(std::string& out, Time time);
std::string format_timestamp(Time time);

// META-2 in the nango dialect: trailing zeros of the fraction are trimmed, a whole second has none.
char* write_trimmed_timestamp(char* to, Time time);
std::string format_trimmed_timestamp(Time time);

// "2026-11-23T10:00:00.123Z", the form of dates in webhook bodies; rounds down.
std::string format_millis(Time time);

// Any RFC 3339 timestamp (REC-8), rounded down to the microsecond; nothing when it is not one.
std::optional<Time> parse_timestamp(std::string_view text);

}  // namespace terapi::simulator
