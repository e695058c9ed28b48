// JunitReport: a whole run as JUnit XML, which most CI systems show: a test suite for each world, a
// test case for each result. FAIL and INCONCLUSIVE are failures (their type is the verdict), ERROR
// is an error, SKIP is skipped; what a WARN or INFO says is the case's output. Each case has its
// verdict and its seed as properties. Pure functions.
//
//   write_text_file(path, junit_report(run, redactor));
#pragma once

#include <string>
#include <string_view>

#include "conformance/report/redactor.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

std::string junit_report(const RunSummary& run, const Redactor& redactor);

// The text of an XML element or attribute: marks are escaped, and what XML cannot hold is replaced
// by U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace terapi::conformance
