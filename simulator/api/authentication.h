// Who is calling (AUTH-1 to AUTH-3). Pure.
#pragma once

#include <variant>

#include "core/http_message.h"
#include "simulator/api/api_error.h"
#include "simulator/records/dialect.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

// The environment that the request's key opens, or the 401 to answer.
std::variant<Environment*, ApiError> authenticate(const core::Request& request, State& state,
                                                  const Dialect& dialect);

// What callers get while the database is down.
ApiError database_down(const Dialect& dialect);

}  // namespace terapi::simulator
