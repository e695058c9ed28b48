// Retry-After (RFC 9110, 10.2.3): whole seconds, or a date in any of HTTP's three formats. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "core/clock.h"

namespace terapi::client {

// How long to wait from `now`; zero for a date that has passed; none for garbage, which counts as
// no Retry-After at all. More than ten years are ten years. What is sensible is Backoff's business.
std::optional<core::Duration> parse_retry_after(std::string_view value, core::Time now);

}  // namespace terapi::client
