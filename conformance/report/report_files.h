// ReportFiles: the reports that a run was told to write, and the formats that there are. Each has
// a flag, "--junit FILE", in every mode that judges. A further format is a file of its own beside
// this one, with a function that makes the text, and its line in report_files.cc. Beside them: the
// earlier run that this one is compared to, and annotations on standard output.
//
//   ReportFiles reports;
//   reports.add_to(flags, "client");
//   …
//   reports.compare(run, exists);
//   std::cout << reports.annotations(run, redactor);
//   if (const auto written = reports.write(run, redactor); !written) return refuse(…);
//
// A value, no thread rule.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/report/redactor.h"
#include "conformance/report/run_summary.h"
#include "core/flags.h"
#include "core/result.h"

namespace terapi::conformance {

struct ReportFormat {
  std::string_view name;  // "junit": of the flag
  std::string_view help;
  // The whole run, without keys.
  std::string (*text)(const RunSummary& run, const Redactor& redactor);
};

const std::vector<ReportFormat>& report_formats();

class ReportFiles {
 public:
  // A flag for each format, and "--baseline" and "--annotations". A baseline is read when its flag
  // is: one that is no report of `mode` is a bad command line, and may be written anew by this run.
  void add_to(core::Flags& flags, const std::string& mode);
  // The file of that format, which is the caller's to write from here on; empty: it is not wanted.
  std::string take(std::string_view format);
  // Fills `run.since`, where there is a baseline.
  void compare(RunSummary& run, const StillExists& exists) const;
  // Workflow commands for GitHub, a line for each failure; empty where nobody wants them.
  std::string annotations(const RunSummary& run, const Redactor& redactor) const;
  // Writes each that is wanted; code "not_written". What is at $GITHUB_STEP_SUMMARY is added to.
  core::Result<void> write(const RunSummary& run, const Redactor& redactor) const;

 private:
  std::map<std::string, std::string, std::less<>> paths_;  // by format
  std::optional<Baseline> baseline_;
  std::string annotations_ = "auto";
};

// A flag for a report's file, "-" being standard output (report_output.h).
void add_report_flag(core::Flags& flags, const std::string& name, const std::string& help,
                     std::string& target);

// Code "not_written", with the path. "-" is standard output, if such a flag has said so.
core::Result<void> write_text_file(const std::string& path, std::string_view text);

}  // namespace terapi::conformance
