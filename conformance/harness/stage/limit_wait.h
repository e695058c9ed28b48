// How long a server that is asked too often wants to be left alone (RATE-1). Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/clock.h"
#include "core/http_message.h"
#include "core/parse_number.h"

namespace terapi::conformance {

// Nothing: it is no 429, or does not say, or says longer than anybody would wait.
inline std::optional<core::Duration> wait_of(const core::Response& answer) {
  constexpr std::int64_t kLongest = 300;
  if (answer.status != 429) return std::nullopt;
  const auto seconds =
      core::parse_number<std::int64_t>(answer.headers.get("Retry-After").value_or(""));
  if (!seconds || *seconds < 0 || *seconds > kLongest) return std::nullopt;
  return std::chrono::seconds(*seconds + 1);  // it may have been rounded down
}

}  // namespace terapi::conformance
