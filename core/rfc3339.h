// Timestamps of RFC 3339, to the microsecond. Which of the possible spellings to write, and which
// to refuse, is decided by those who serve or judge them. Pure functions.
//
//   parse_rfc3339("2023-09-18T17:20:35.941305999+02:00")
//   format_rfc3339(time)   // "2023-09-18T15:20:35.941305+00:00"
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace terapi::core {

// Always six digits and +00:00, 32 characters; years 0000 to 9999, and what lies beyond is written
// as the first or the last moment of these.
inline constexpr std::size_t kRfc3339Size = 32;
// Writes kRfc3339Size characters and returns where they end: pages are made of them by the
// thousand, and have their room reserved.
char* write_rfc3339(char* to, Time time);
std::string format_rfc3339(Time time);

// Any timestamp of RFC 3339: any offset, any number of digits in the fraction (those past the
// microsecond are cut off), "t" and "z" in lower case, a space for the "T" (section 5.6). A leap
// second is the second after it. Nothing when it is not one.
std::optional<Time> parse_rfc3339(std::string_view text);

}  // namespace terapi::core
