// Annotations: workflow commands by which a run's failures are shown beside the files of a change
// on GitHub: "::error file=…,line=1,title=…::…". GitHub shows ten of each kind for a step; the new
// ones come first, and a notice says how many there are more. Pure functions.
//
//   std::cout << annotations(run, redactor, annotated_folder());
#pragma once

#include <string>
#include <string_view>

#include "conformance/report/redactor.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

// A line for each failure; empty when nothing failed. `folder`: to which files below it are
// relative; others are named as they are.
std::string annotations(const RunSummary& run, const Redactor& redactor, const std::string& folder);

// The folder that GitHub calls its workspace, where there is one, else the working folder.
std::string annotated_folder();

// As a workflow command wants what comes after "::", and a property's value.
std::string annotation_message(std::string_view text);
std::string annotation_property(std::string_view text);

}  // namespace terapi::conformance
