#include "conformance/report/console_report.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "conformance/report/wire_trace.h"
#include "core/duration.h"
#include "core/utf8.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kMostFindings = 8;  // told in full for one result
constexpr std::size_t kMostOutputLines = 20;
constexpr std::size_t kMostReasons = 12;

// The text after a label, further lines under the first one.
std::string labelled(std::string_view label, std::string_view text, const ConsoleStyle& style) {
  constexpr std::size_t kLabelWidth = 10;
  std::string lines = indent(printable(text), std::string(5 + kLabelWidth, ' '));
  if (lines.empty()) return "";
  return "     " + style.dim(pad_right(label, kLabelWidth)) + lines.substr(5 + kLabelWidth);
}

// The verdict, the scenario and where it ran.
std::string result_head(const ScenarioResult& result, const ConsoleStyle& style) {
  std::string head = style.verdict(result.verdict) + "  " + style.bold(printable(result.scenario));
  if (!result.world.empty()) head += " (" + result.world + ")";
  if (!result.subject.empty()) head += style.dim("  " + printable(result.subject));
  return head + "\n";
}

std::string finding_text(const Finding& finding, std::size_t number, const TextLookup& text_of,
                         const ConsoleStyle& style) {
  std::string text = "  " + std::to_string(number) + ". ";
  if (finding.verdict != Verdict::kFail) text += style.verdict(finding.verdict) + " ";
  text += style.bold(printable(finding.what)) + "\n";
  for (const std::string& id : {finding.clause, finding.invariant}) {
    if (id.empty()) continue;
    const std::string statement = text_of ? text_of(id) : "";
    text +=
        labelled(id, statement.empty() ? "(no such clause in the catalogue)" : statement, style);
  }
  text += labelled("expected", finding.expected, style);
  text += labelled("actual", finding.actual, style);
  return text;
}

std::string findings_text(const ScenarioResult& result, const TextLookup& text_of,
                          const ConsoleStyle& style) {
  std::string text;
  for (std::size_t i = 0; i < result.findings.size() && i < kMostFindings; ++i) {
    text += "\n" + finding_text(result.findings[i], i + 1, text_of, style);
  }
  if (result.findings.size() > kMostFindings) {
    text += "\n  … and " + std::to_string(result.findings.size() - kMostFindings) +
            " more findings; the JSON and HTML reports have them all\n";
  }
  return text;
}

// The last lines of what the subject said.
std::string last_lines(std::string_view text, std::size_t count) {
  std::size_t at = text.find_last_not_of("\r\n \t");
  if (at == std::string_view::npos) return "";
  text = text.substr(0, at + 1);
  for (at = text.size(); count > 0; --count) {
    const std::size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    if (newline == std::string_view::npos) return std::string(text);
    at = newline;
  }
  return "…\n" + std::string(text.substr(at + 1));
}

std::string remark_line(Verdict verdict, const ScenarioResult& result, std::string_view clause,
                        std::string_view what, const ConsoleStyle& style) {
  std::string line = style.verdict(verdict) + "  " + printable(result.scenario);
  if (!result.world.empty()) line += " (" + result.world + ")";
  if (!clause.empty()) line += "  " + std::string(clause);
  return line + "  " + printable(what) + "\n";
}

std::string groups_text(const RunSummary& run, const ConsoleStyle& style) {
  const std::vector<GroupCounts> groups = count_by_group(run.results);
  std::size_t width = 0;
  std::size_t digits = 1;
  const auto name_of = [](const GroupCounts& one) {
    return one.group.empty() ? std::string("(no group)") : one.group;
  };
  for (const GroupCounts& one : groups) {
    width = std::max(width, display_width(name_of(one)));
    digits = std::max(digits, std::to_string(one.counts.total()).size());
  }
  std::string text;
  for (const GroupCounts& one : groups) {
    const auto number = [&](std::size_t value) { return pad_left(std::to_string(value), digits); };
    text += "  " + pad_right(name_of(one), width) + "  " + number(one.counts.passed) + " passed  ";
    const std::string failed = number(one.counts.failed) + " failed";
    text += (one.counts.failed > 0 ? style.red(failed) : failed) + "  ";
    text += number(one.counts.skipped) + " skipped";
    if (const std::size_t warned = one.counts.of(Verdict::kWarn); warned > 0) {
      text +=
          style.yellow("  " + std::to_string(warned) + (warned == 1 ? " warning" : " warnings"));
    }
    text += "\n";
  }
  return text;
}

bool is_known(const ScenarioResult& result) {
  return result.verdict == Verdict::kSkip && result.reason.starts_with("known to fail: ");
}

// What failed as a list says that it does: all of it, whatever the reason.
std::string known_text(const RunSummary& run, const ConsoleStyle& style) {
  std::string text;
  for (const std::string& file : run.known_failing) {
    text += style.dim("  what is known to fail: " + printable(file)) + "\n";
  }
  for (const ScenarioResult& result : run.results) {
    if (!is_known(result)) continue;
    text += style.dim("  " + printable(result.scenario + ": " + result.reason)) + "\n";
  }
  return text;
}

// What was skipped, by its reason, the commonest first.
std::string skips_text(const RunSummary& run, const ConsoleStyle& style) {
  std::map<std::string, std::size_t> reasons;
  for (const ScenarioResult& result : run.results) {
    if (result.verdict == Verdict::kSkip && !is_known(result)) ++reasons[result.reason];
  }
  std::vector<std::pair<std::string, std::size_t>> sorted(reasons.begin(), reasons.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < sorted.size() && i < kMostReasons; ++i) {
    text += style.dim("  " + std::to_string(sorted[i].second) + " skipped: " +
                      (sorted[i].first.empty() ? "no reason given" : printable(sorted[i].first))) +
            "\n";
  }
  if (sorted.size() > kMostReasons) {
    text += style.dim("  … and " + std::to_string(sorted.size() - kMostReasons) + " more reasons") +
            "\n";
  }
  return text;
}

std::string failures_text(const RunSummary& run, const ConsoleStyle& style) {
  std::string text;
  for (const ScenarioResult& result : run.results) {
    if (!is_failure(result.verdict)) continue;
    text += "  " + style.verdict(result.verdict) + "  " + printable(result.scenario);
    if (!result.world.empty()) text += " (" + result.world + ")";
    text += "\n";
  }
  return text.empty() ? "" : "\n" + text;
}

}  // namespace

std::string render_failure(const ScenarioResult& result, const TextLookup& text_of,
                           const ConsoleStyle& style) {
  std::string text = result_head(result, style);
  if (!result.title.empty()) text += "  " + printable(result.title) + "\n";
  if (!result.why.empty()) text += "  " + style.dim("Why: " + printable(result.why)) + "\n";
  if (!result.reason.empty()) text += "\n" + labelled("reason", result.reason, style);
  text += findings_text(result, text_of, style);
  const std::string trace = render_trace(result.timeline, result.findings, style);
  if (!trace.empty()) {
    text += "\n  On the wire, seconds from the start:\n" + indent(trace, "   ");
  }
  const std::string said = last_lines(result.subject_output, kMostOutputLines);
  if (!said.empty()) {
    text += "\n  The subject said:\n" + indent(printable(said), "     | ");
  }
  text += "\n  seed       " + std::to_string(result.seed) + "\n";
  if (!result.rerun.empty()) text += "  run again  " + printable(result.rerun) + "\n";
  return text;
}

std::string render_remarks(const ScenarioResult& result, const ConsoleStyle& style) {
  if (result.verdict != Verdict::kWarn && result.verdict != Verdict::kInfo) return "";
  std::string text;
  for (const Finding& finding : result.findings) {
    const std::string& id = finding.clause.empty() ? finding.invariant : finding.clause;
    text += remark_line(finding.verdict, result, id, finding.what, style);
  }
  if (text.empty()) text = remark_line(result.verdict, result, "", result.reason, style);
  return text;
}

std::string render_difference(const RunSummary& run, const ConsoleStyle& style) {
  if (!run.since) return "";
  const RunDifference& since = *run.since;
  std::string text = "\nSince " + printable(since.baseline);
  if (!since.started_at.empty()) text += " of " + printable(since.started_at);
  if (!since.dialect.empty()) text += " in another dialect, " + printable(since.dialect);
  text += ": " + style.bold(difference_line(since)) + "\n";
  for (const DifferenceList& list : difference_lists()) {
    const std::vector<ChangedResult>& all = since.*list.list;
    if (all.empty()) continue;
    text += "  " + std::string(list.title) + ":\n";
    for (const ChangedResult& one : all) {
      text += "    " + printable(one.scenario);
      if (!one.world.empty()) text += " (" + printable(one.world) + ")";
      text += ": ";
      text += one.then ? style.verdict(*one.then) : std::string("not there");
      if (one.now) text += " → " + style.verdict(*one.now);
      if (!one.what.empty()) text += style.dim("  " + printable(core::shortened(one.what)));
      text += "\n";
    }
  }
  return text + style.dim("  The exit code is that of this run alone.") + "\n";
}

std::string render_summary(const RunSummary& run, const ConsoleStyle& style) {
  std::string text = groups_text(run, style) + skips_text(run, style) + known_text(run, style) +
                     failures_text(run, style);
  text += run.seed == 0 ? "\n  each scenario's own seed" : "\n  seed " + std::to_string(run.seed);
  if (run.elapsed.count() > 0) {
    const auto whole = std::chrono::round<std::chrono::seconds>(run.elapsed);
    text += ", " + (whole.count() > 0 ? core::format_duration(whole) : std::string("under 1s"));
  }
  return text + "\n";
}

ConsoleReport::ConsoleReport(Sink sink, ConsoleOptions options, TextLookup text_of,
                             Redactor redactor)
    : sink_(std::move(sink)),
      options_(options),
      style_(options.color),
      text_of_(std::move(text_of)),
      redactor_(std::move(redactor)) {}

std::string ConsoleReport::place() const {
  std::string text = "[" + std::to_string(done_ + 1);
  if (total_ > 0) text += "/" + std::to_string(total_);
  return text + "] ";
}

void ConsoleReport::clear_progress() {
  if (drawn_) sink_("\r\x1b[K");
  drawn_ = false;
}

void ConsoleReport::start(std::string_view scenario, std::string_view world) {
  if (options_.terminal) {
    std::string line = place() + std::string(scenario);
    if (!world.empty()) line += " (" + std::string(world) + ")";
    // One column stays free: some terminals wrap when the last one is written.
    const std::size_t width = options_.width > 1 ? options_.width - 1 : 1;
    sink_("\r\x1b[K" + shorten(printable(redactor_.redact(line)), width));
    drawn_ = true;
    return;
  }
  std::string group = group_of(scenario);
  if (any_group_ && group == group_) return;
  any_group_ = true;
  group_ = std::move(group);
  sink_(printable(redactor_.redact(place() + (group_.empty() ? std::string(scenario) : group_))) +
        "\n");
}

void ConsoleReport::end(const ScenarioResult& result) {
  ++done_;
  std::string text;
  if (is_failure(result.verdict)) {
    text = "\n" + render_failure(result, text_of_, style_) + "\n";
  } else {
    text = render_remarks(result, style_);
  }
  if (text.empty()) return;  // the line that is drawn stays until the next one
  clear_progress();
  sink_(redactor_.redact(text));
}

void ConsoleReport::finish(const RunSummary& run) {
  clear_progress();
  sink_("\n" + redactor_.redact(render_summary(run, style_)));
  if (run.since) sink_(redactor_.redact(render_difference(run, style_)) + "\n");
  // Numbers only: nothing to redact, ever.
  const Counts counts = count(run.results);
  const core::Paint paint = counts.failed > 0 ? core::Paint::kFailure : core::Paint::kGood;
  sink_(core::painted(options_.color, paint, closing_line(counts)) + "\n");
}

}  // namespace terapi::conformance
