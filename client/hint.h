// Hint: what the client takes from a webhook (CLIENT-4). It says that a stream may have something
// new; it is never data, and losing, repeating or reordering hints changes nothing.
#pragma once

#include <optional>
#include <string>

#include "core/clock.h"

namespace terapi::client {

struct Hint {
  std::string integration;
  std::string connection;
  std::string model;
  // None: the webhook named no variant; every variant of the model is meant.
  std::optional<std::string> variant;
  // A time at or before the first modification that it announces (HOOK-3).
  std::optional<core::Time> modified_after;
};

}  // namespace terapi::client
