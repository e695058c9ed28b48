// ReportOutput: "-" in place of a report's FILE: standard output. From then on it is that report's
// alone, whole, for a program that reads it; what is told meanwhile goes to standard error.
//
//   if (path == "-") claim_standard_output();   // as the flag is read, before anything is told
//   …
//   write_to_standard_output(text);
//
// Thread rule: main's.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace terapi::conformance {

inline constexpr std::string_view kStandardOutput = "-";

// Takes it for a report. Code "bad_usage" where one has it already: of two in a row nobody could
// read either.
core::Result<void> claim_standard_output();
// Code "not_written".
core::Result<void> write_to_standard_output(std::string_view text);

}  // namespace terapi::conformance
