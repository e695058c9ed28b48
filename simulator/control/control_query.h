// Query parameters that several control calls take.
#pragma once

#include <optional>

#include "simulator/control/control_call.h"
#include "simulator/observation/truth.h"

namespace terapi::simulator {

// ?environment= &integration= &connection= &model= &variant=
StreamFilter filter_of(const ControlCall& call);

// ?limit=, a whole number from 1, or `otherwise`; nothing once a 400 has been sent.
std::optional<std::size_t> read_limit(const ControlCall& call, const Reply& reply,
                                      std::size_t otherwise);

}  // namespace terapi::simulator
