// Timestamps as the API serves them (META-2): RFC 3339, read leniently, written in one form. Pure
// functions; nothing throws. An offset of "-00:00" is UTC; a leap second is the second after it.
//
//   parse_timestamp("2023-09-18T15:20:35.941305+00:00")
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace terapi::client {

// Any RFC 3339 date-time: any offset, any number of fraction digits (cut at microseconds), "t" and
// "z" in lower case, a space between date and time. None when it is not a date-time.
std::optional<core::Time> parse_timestamp(std::string_view text);

// "2023-09-18T15:20:35.941305+00:00": always six fraction digits, always UTC.
std::string format_timestamp(core::Time time);

}  // namespace terapi::client
