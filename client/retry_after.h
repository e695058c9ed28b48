// Retry-After (RFC 9110, 10.2.3; CLIENT-9): whole seconds, or a date in any of HTTP's three
// formats. Pure functions.
//
//   parse_retry_after("120", now)                             // 120 s
//   parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now)   // until then
//   parse_retry_after(value, *parse_http_date(date, now))     // by the clock of an answer's Date
#pragma once

#include <optional>
#include <string_view>

#include "core/clock.h"

namespace terapi::client {

// How long to wait from `now`; zero for a date that has passed; none for garbage, which counts as
// no Retry-After at all. More than ten years are ten years. Floor and cap are Backoff's business.
// `now` is the clock of whoever wrote a date.
std::optional<core::Duration> parse_retry_after(std::string_view value, core::Time now);

// A date in one of the three formats; none for anything else. `now` tells which century a year of
// two digits is in.
std::optional<core::Time> parse_http_date(std::string_view text, core::Time now);

}  // namespace terapi::client
