// HtmlReport: a whole run as one HTML file that needs nothing else, network included: the JSON
// report and a script that draws it (conformance/report/report.html). Pure functions.
//
//   write_text_file(path, html_report(run, redactor));
#pragma once

#include <string>
#include <string_view>

#include "conformance/report/redactor.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

std::string html_report(const RunSummary& run, const Redactor& redactor);

// JSON text that means the same and can stand inside <script>: no "<", and none of the line
// separators that old parsers of JavaScript trip over.
std::string json_for_script(std::string_view json);

}  // namespace terapi::conformance
