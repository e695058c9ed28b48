#include "conformance/report/report_files.h"

#include <fstream>
#include <utility>

#include "conformance/report/html_report.h"
#include "conformance/report/json_report.h"
#include "conformance/report/junit_report.h"

namespace terapi::conformance {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> kFormats = {
      {"junit", "write the results as JUnit XML", &junit_report},
      {"json", "write the results as JSON",
       [](const RunSummary& run, const Redactor& redactor) { return json_report(run, redactor); }},
      {"html", "write one page that shows where it went wrong", &html_report},
  };
  return kFormats;
}

void ReportFiles::add_to(core::Flags& flags) {
  for (const ReportFormat& format : report_formats()) {
    const std::string name(format.name);
    flags.text(name, "FILE", std::string(format.help), paths_[name]);
  }
}

std::string ReportFiles::take(std::string_view format) {
  return std::exchange(paths_[std::string(format)], "");
}

core::Result<void> ReportFiles::write(const RunSummary& run, const Redactor& redactor) const {
  for (const ReportFormat& format : report_formats()) {
    const auto path = paths_.find(format.name);
    if (path == paths_.end() || path->second.empty()) continue;
    if (auto written = write_text_file(path->second, format.text(run, redactor)); !written) {
      return written;
    }
  }
  return {};
}

core::Result<void> write_text_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return {};
  return core::Error{"not_written", path + ": cannot be written"};
}

}  // namespace terapi::conformance
