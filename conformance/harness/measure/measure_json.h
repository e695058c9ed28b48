// MeasureJson: a measurement as one JSON object, for users' tools and for the page. What it holds
// is described in conformance/harness/measure/measure.schema.json. A pure function.
#pragma once

#include <string>

#include "conformance/harness/measure/measurement.h"

namespace terapi::conformance {

// Rises when something that tools rely on is taken away or means something else.
inline constexpr int kMeasureJsonVersion = 1;

// Compact, ends with a newline.
std::string measure_json(const Measurement& measurement);

}  // namespace terapi::conformance
