// ConsoleReport: the run as it is told in the terminal: short while all is well, complete where it
// is not, and ended by the counts.
//
// On a terminal one line is redrawn, "[12/92] client/missed-webhooks (virtual)"; elsewhere there is
// one line for each group of scenarios. What failed is told at once.
//
// Thread rule: one thread.
//
//   ConsoleReport report([](std::string_view text) { std::cout << text << std::flush; },
//                        {.terminal = isatty(1) == 1, .color = …}, lookup_in(run), redactor);
//   report.begin(scenarios.size());
//   report.start("client/missed-webhooks", "virtual");
//   report.end(result);
//   report.finish(run);
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "conformance/evidence/verdict.h"
#include "conformance/report/console_style.h"
#include "conformance/report/live_report.h"
#include "conformance/report/redactor.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

struct ConsoleOptions {
  bool terminal = false;
  bool color = false;      // core::color_wanted(STDOUT_FILENO)
  std::size_t width = 80;  // of the terminal
};

class ConsoleReport : public LiveReport {
 public:
  using Sink = std::function<void(std::string_view)>;

  ConsoleReport(Sink sink, ConsoleOptions options, TextLookup text_of, Redactor redactor);

  void begin(std::size_t total) override { total_ = total; }
  void start(std::string_view scenario, std::string_view world) override;
  void end(const ScenarioResult& result) override;
  void finish(const RunSummary& run) override;

 private:
  std::string place() const;
  void clear_progress();

  Sink sink_;
  ConsoleOptions options_;
  ConsoleStyle style_;
  TextLookup text_of_;
  Redactor redactor_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::string group_;
  bool any_group_ = false;
  bool drawn_ = false;
};

// All that is known about a result that failed. Ends with a newline. Not redacted.
std::string render_failure(const ScenarioResult& result, const TextLookup& text_of,
                           const ConsoleStyle& style = ConsoleStyle());

// One line for each thing worth knowing of a result that passed (WARN, INFO); empty for the rest.
std::string render_remarks(const ScenarioResult& result,
                           const ConsoleStyle& style = ConsoleStyle());

// What is otherwise than in the baseline; empty where there was none. Not redacted.
std::string render_difference(const RunSummary& run, const ConsoleStyle& style = ConsoleStyle());

// Groups with their counts, reasons of skips, and what failed. Not redacted.
std::string render_summary(const RunSummary& run, const ConsoleStyle& style = ConsoleStyle());

}  // namespace terapi::conformance
