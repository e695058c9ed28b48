// RequestStep: a request to an external API as a step of an operation in the log (LOG-1): what was
// asked, and what came of it. A pure function.
#pragma once

#include <string>

#include "core/delivery.h"
#include "simulator/observation/operation.h"

namespace terapi::simulator {

// `asked`: method and path. It was sent at `at`; a 4xx or 5xx answer is a warning, as is none: it
// may be asked again.
LogStep request_step(const std::string& asked, Time at, const core::Delivery& delivery);

}  // namespace terapi::simulator
