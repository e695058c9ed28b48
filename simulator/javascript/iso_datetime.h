// Date-times as zod's iso.datetime() takes them: "2026-11-23T10:00Z", seconds and fraction if
// wanted, an offset only where that is allowed. Stricter than RFC 3339 in letters ("T" and "Z" as
// they are), laxer in that seconds may be missing. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/clock.h"

namespace terapi::simulator {

enum class Offsets : std::uint8_t { kOnlyZ, kAny };
enum class Microseconds : std::uint8_t { kCutOff, kRounded };

// Nothing when it is not one.
std::optional<core::Time> parse_iso_datetime(std::string_view text, Offsets offsets,
                                             Microseconds beyond);

}  // namespace terapi::simulator
