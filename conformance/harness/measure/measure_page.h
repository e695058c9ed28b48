// MeasurePage: a measurement as a page of its own, in one file, with drawings. A pure function.
#pragma once

#include <string>

#include "conformance/harness/measure/measurement.h"

namespace terapi::conformance {

std::string measure_page(const Measurement& measurement);

}  // namespace terapi::conformance
