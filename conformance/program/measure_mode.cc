// terapi-conformance measure: how fast sync clients are, one beside the other.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "conformance/harness/measure/measure_json.h"
#include "conformance/harness/measure/measure_page.h"
#include "conformance/harness/measure/measure_table.h"
#include "conformance/harness/measure/measuring.h"
#include "conformance/program/jobs.h"
#include "conformance/program/measure_flags.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"
#include "conformance/report/report_files.h"
#include "core/terminal_color.h"

namespace terapi::conformance {
namespace {

// On a terminal, a line that the next one takes the place of.
class MeasureProgress {
 public:
  explicit MeasureProgress(bool terminal) : terminal_(terminal) {}
  void tell(const std::string& text) {
    if (!terminal_) return;
    const std::size_t width = display_width(text);
    const std::string rest(width_ > width ? width_ - width : 0, ' ');
    std::fprintf(stderr, "\r%s%s", printable(text).c_str(), rest.c_str());
    std::fflush(stderr);
    width_ = width;
  }
  void end() const {
    if (terminal_) std::fprintf(stderr, "\r%s\r", std::string(width_, ' ').c_str());
  }

 private:
  bool terminal_;
  std::size_t width_ = 0;
};

bool nothing_missing(const Measurement& measurement) {
  return std::all_of(
      measurement.clients.begin(), measurement.clients.end(), [](const ClientFigures& client) {
        return std::all_of(client.figures.begin(), client.figures.end(),
                           [](const auto& figure) { return figure.second.missing.empty(); });
      });
}

int write_reports(const Measurement& measurement, const MeasureFlags& flags) {
  if (!flags.json.empty()) {
    const auto written = write_text_file(flags.json, measure_json(measurement));
    if (!written) return refuse(written.error().message);
  }
  if (!flags.html.empty()) {
    const auto written = write_text_file(flags.html, measure_page(measurement));
    if (!written) return refuse(written.error().message);
  }
  return nothing_missing(measurement) ? 0 : 1;
}

}  // namespace

int run_measure_mode(const std::vector<std::string>& arguments) {
  MeasureFlags flags;
  if (const auto read = flags.read(arguments); !read) return refuse(read.error().message);
  if (flags.help) {
    std::printf("%s\n", flags.help_text().c_str());
    return 0;
  }
  tell_project(flags.project);
  if (!flags.no_reference && !std::filesystem::exists(program_folder() + "/terapi-sync")) {
    return refuse("terapi-sync is not in '" + program_folder() +
                  "', and clients are measured beside it: ./terapi build terapi-sync; or "
                  "--no-reference");
  }
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  MeasureProgress progress(terminal);
  MeasuringOptions options = flags.options(reference_commands());
  options.progress = [&](const std::string& text) { progress.tell(text); };
  const Measurement measurement = Measuring(std::move(options)).run();
  progress.end();
  const ConsoleStyle style(core::color_wanted(STDOUT_FILENO));
  std::printf("%s", measure_table(measurement, style).c_str());
  return write_reports(measurement, flags);
}

}  // namespace terapi::conformance
