#include "conformance/report/report_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "conformance/report/annotations.h"
#include "conformance/report/html_report.h"
#include "conformance/report/json_report.h"
#include "conformance/report/junit_report.h"
#include "conformance/report/markdown_report.h"
#include "conformance/report/report_output.h"

namespace terapi::conformance {
namespace {

std::string of_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

core::Result<void> write_to(const std::string& path, std::string_view text,
                            std::ios::openmode mode) {
  std::ofstream file(path, std::ios::binary | mode);
  file << text;
  file.close();
  if (file) return {};
  return core::Error{"not_written", path + ": cannot be written"};
}

// Its folder, so that nobody judges for minutes and then has no place for the result.
core::Result<void> make_place_for(const std::string& path) {
  namespace files = std::filesystem;
  std::error_code error;
  if (files::is_directory(path, error)) {
    return core::Error{"not_written", "'" + path + "' is a folder; expected a file"};
  }
  const files::path folder = files::path(path).parent_path();
  if (folder.empty() || files::is_directory(folder, error)) return {};
  files::create_directories(folder, error);
  if (!error) return {};
  return core::Error{"not_written",
                     "'" + path + "': its folder cannot be made: " + error.message()};
}

// Several runs of one step share its summary, and the bytes that it may have.
core::Result<void> add_to_step_summary(const std::string& path, const RunSummary& run,
                                       const Redactor& redactor) {
  std::error_code error;
  const std::uintmax_t there = std::filesystem::file_size(path, error);
  const std::size_t taken = error ? 0 : static_cast<std::size_t>(there);
  const std::size_t most = taken < kMostMarkdown ? kMostMarkdown - taken : 0;
  return write_to(path, markdown_report(run, redactor, most), std::ios::app);
}

}  // namespace

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> kFormats = {
      {"junit", "write the results as JUnit XML", &junit_report},
      {"json",
       "write the results as JSON; -: to standard output, and what is told to standard error",
       [](const RunSummary& run, const Redactor& redactor) { return json_report(run, redactor); }},
      {"html", "write one page that shows where it went wrong", &html_report},
      {"markdown", "write a summary as Markdown, such as for \"$GITHUB_STEP_SUMMARY\"",
       [](const RunSummary& run, const Redactor& redactor) {
         return markdown_report(run, redactor);
       }},
  };
  return kFormats;
}

void ReportFiles::add_to(core::Flags& flags, const std::string& mode) {
  for (const ReportFormat& format : report_formats()) {
    const std::string name(format.name);
    add_report_flag(flags, name, std::string(format.help), paths_[name]);
  }
  flags.add("baseline", "REPORT.json",
            "of an earlier run of this mode (--json): tell what fails since, and what is mended",
            [this, mode](const std::string& file) -> core::Result<void> {
              auto read = Baseline::load(file, mode);
              if (!read) return read.error();
              baseline_ = *std::move(read);
              return {};
            });
  flags.choice("annotations", {"auto", "on", "off"},
               "failures as workflow commands for GitHub; auto: where GITHUB_ACTIONS is true",
               annotations_);
}

std::string ReportFiles::take(std::string_view format) {
  return std::exchange(paths_[std::string(format)], "");
}

void ReportFiles::compare(RunSummary& run, const StillExists& exists) const {
  if (baseline_) run.since = conformance::compare(*baseline_, run.results, run.dialect, exists);
}

std::string ReportFiles::annotations(const RunSummary& run, const Redactor& redactor) const {
  const bool wanted = annotations_ == "on" ||
                      (annotations_ == "auto" && of_environment("GITHUB_ACTIONS") == "true");
  return wanted ? conformance::annotations(run, redactor, annotated_folder()) : "";
}

// One that cannot be written does not cost the others; the first is told.
core::Result<void> ReportFiles::write(const RunSummary& run, const Redactor& redactor) const {
  core::Result<void> all;
  for (const ReportFormat& format : report_formats()) {
    const auto path = paths_.find(format.name);
    if (path == paths_.end() || path->second.empty()) continue;
    const bool of_step =
        format.name == "markdown" && path->second == of_environment("GITHUB_STEP_SUMMARY");
    auto written = of_step ? add_to_step_summary(path->second, run, redactor)
                           : write_text_file(path->second, format.text(run, redactor));
    if (!written && all) all = written;
  }
  return all;
}

void add_report_flag(core::Flags& flags, const std::string& name, const std::string& help,
                     std::string& target) {
  flags.add(name, "FILE", help, [&target, name](const std::string& path) -> core::Result<void> {
    if (path.empty()) return core::Error{"bad_usage", "--" + name + " is empty; expected FILE"};
    if (path == kStandardOutput && target != kStandardOutput) {
      if (auto claimed = claim_standard_output(); !claimed) {
        return core::Error{"bad_usage", "--" + name + ": " + claimed.error().message};
      }
    }
    if (path != kStandardOutput) {
      if (auto there = make_place_for(path); !there) {
        return core::Error{"bad_usage", "--" + name + ": " + there.error().message};
      }
    }
    target = path;
    return {};
  });
}

core::Result<void> write_text_file(const std::string& path, std::string_view text) {
  if (path == kStandardOutput) return write_to_standard_output(text);
  return write_to(path, text, std::ios::out);
}

}  // namespace terapi::conformance
