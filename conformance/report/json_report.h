// JsonReport: a whole run as one JSON object, for users' tools and for the HTML report. What it
// holds is described in conformance/report/report.schema.json. Pure functions.
//
//   write_text_file(path, json_report(run, redactor));
#pragma once

#include <string>
#include <string_view>

#include "conformance/report/redactor.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

// Rises when something that tools rely on is taken away or means something else.
inline constexpr int kJsonReportVersion = 1;

struct JsonReportOptions {
  // Timelines of results that passed, too: a lot of text. Otherwise only where something was found.
  bool all_timelines = false;
};

// Compact, ends with a newline.
std::string json_report(const RunSummary& run, const Redactor& redactor,
                        const JsonReportOptions& options = {});

}  // namespace terapi::conformance
