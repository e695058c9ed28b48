// Durations as they are written in flags and files: a whole or decimal number and a unit
// ("100ms", "1.5s", "5m", "1h", "2d", "250us"), or several of them, the longest unit first
// ("6h10m"). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace terapi::core {

// Never negative. Fails with code "bad_duration" and says what was expected.
Result<Duration> parse_duration(std::string_view text);

// The shortest text that parses back to the same duration: 90s, 100ms, 1h.
std::string format_duration(Duration duration);

}  // namespace terapi::core
