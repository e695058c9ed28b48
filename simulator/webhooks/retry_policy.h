// When the next attempt is due (HOOK-6, HOOK-7). Pure.
#pragma once

#include <string_view>

#include "simulator/world/environment.h"

namespace terapi::simulator {

// The wait after the `failed`-th failed attempt (from 1): first delay × factor^(failed-1), at most
// the longest delay, less a jitter that (seed, delivery, attempt) alone decide.
Duration retry_delay(const RetryPolicy& policy, int failed, std::uint64_t seed,
                     std::string_view delivery_id);

}  // namespace terapi::simulator
