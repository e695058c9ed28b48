// new Date(text) as V8 reads it: the format of ECMA-262, and, as it says, "implementation-specific"
// what else. The public system asks only whether a date is one, and how old. Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "core/clock.h"

namespace terapi::simulator {

// In milliseconds; the machine's zone counts as UTC. Nothing for an invalid date.
std::optional<core::Time> javascript_date(std::string_view text);

}  // namespace terapi::simulator
