// MeasureTable: a measurement for a terminal. Pure functions.
#pragma once

#include <string>

#include "conformance/harness/measure/measurement.h"
#include "conformance/report/console_style.h"

namespace terapi::conformance {

// Three digits that count: "31,204", "4.21", "0.035".
std::string figure_text(double value);

// Ends with a newline.
std::string measure_table(const Measurement& measurement, const ConsoleStyle& style);

}  // namespace terapi::conformance
