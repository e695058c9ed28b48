#include "conformance/report/markdown_report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "core/duration.h"
#include "core/printable.h"
#include "core/utf8.h"

namespace terapi::conformance {
namespace {

constexpr std::size_t kMostOfAText = 4'000;   // of what was expected and found, each
constexpr std::size_t kMostOfALine = 300;     // in a table's cell
constexpr std::size_t kMostFindingsTold = 8;  // of one result
constexpr std::size_t kSlowest = 10;          // scenarios
constexpr std::size_t kRoomForTheEnd = 400;   // to say what was left out

std::string sign_of(Verdict verdict) {
  if (verdict == Verdict::kFail || verdict == Verdict::kError) return "❌";
  if (verdict == Verdict::kInconclusive || verdict == Verdict::kWarn) return "⚠️";
  return verdict == Verdict::kSkip ? "⏭️" : "✅";
}

std::string time_taken(core::Duration duration) {
  using std::chrono::milliseconds;
  const auto whole = std::chrono::round<std::chrono::seconds>(duration);
  if (whole >= std::chrono::seconds(10)) return core::format_duration(whole);
  return core::format_duration(std::chrono::round<milliseconds>(duration));
}

// The longest run of backticks in a text.
std::size_t longest_fence(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// Writes the parts of a report as far as they fit; all text goes through the redactor.
class MarkdownWriter {
 public:
  MarkdownWriter(const RunSummary& run, const Redactor& redactor, std::size_t most)
      : run_(run),
        redactor_(redactor),
        most_(most),
        room_(most > kRoomForTheEnd ? most - kRoomForTheEnd : 0),
        text_of_(lookup_in(run)) {}

  std::string write() {
    head();
    difference();
    failures();
    groups();
    warnings();
    skips();
    slowest();
    foot();
    return std::move(out_);
  }

 private:
  std::string line(std::string_view text) const {
    return markdown_text(core::shortened(redactor_.redact(text), kMostOfALine));
  }
  std::string code(std::string_view text) const { return "<code>" + line(text) + "</code>"; }
  std::string block(std::string_view text, std::string_view language = "") const {
    return markdown_block(core::shortened(redactor_.redact(text), kMostOfAText), language);
  }
  std::string place(const std::string& scenario, const std::string& world) const {
    return code(scenario) + (world.empty() ? "" : " (" + line(world) + ")");
  }
  std::string clause_cell(const Finding& finding) const {
    if (finding.clause.empty() || finding.invariant.empty()) {
      return line(finding.clause + finding.invariant);
    }
    return line(finding.clause) + ", " + line(finding.invariant);
  }

  // Adds a part that stands for itself; false: there is no room for it.
  bool add(const std::string& part) {
    if (part.size() > room_) {
      ++left_out_;
      return false;
    }
    room_ -= part.size();
    out_ += part;
    return true;
  }
  // A table of which each row is a part.
  bool table(const std::string& title, const std::string& columns,
             const std::vector<std::string>& rows) {
    if (rows.empty()) return false;
    std::string rule = "|";
    for (std::size_t i = 1; i < columns.size(); ++i) rule += columns[i] == '|' ? " --- |" : "";
    if (!add("\n" + title + columns + "\n" + rule + "\n")) return false;
    for (const std::string& row : rows) add(row + "\n");
    return true;
  }

  void head() {
    const Counts counts = count(run_.results);
    const std::array<const char*, 4> words = {"✅ passed", "❌ failed", "❌ the judge could not go on",
                                              "⚠️ inconclusive"};
    const bool judged = counts.passed + counts.failed > 0;
    std::string text = "## ";
    text += judged ? words.at(static_cast<std::size_t>(exit_code(counts)))
                   : "⏭️ nothing was judged";
    text += ": " + line("terapi-conformance " + run_.mode) + "\n\n**" + closing_line(counts) + "**";
    if (const std::size_t warned = counts.of(Verdict::kWarn); warned > 0) {
      text += ", " + std::to_string(warned) + (warned == 1 ? " warning" : " warnings");
    }
    if (run_.elapsed.count() > 0) text += " in " + time_taken(run_.elapsed);
    if (run_.since) text += "; since the baseline: " + difference_line(*run_.since);
    text += "\n\n" + code(run_.subject.empty() ? run_.mode : run_.subject) + ", dialect " +
            line(run_.dialect) + ", ";
    text += run_.seed == 0 ? "each scenario's own seed" : "seed " + std::to_string(run_.seed);
    add(text + ", version " + line(run_.version) + "\n");
  }

  void difference() {
    if (!run_.since) return;
    const RunDifference& since = *run_.since;
    std::string text = "\n### Since the baseline\n\n" + code(since.baseline);
    if (!since.started_at.empty()) text += ", of " + line(since.started_at);
    if (!since.dialect.empty()) {
      text += ", in another dialect (" + line(since.dialect) + ")";
    }
    add(text + ": " + difference_line(since) + ".\n");
    std::vector<std::string> rows;
    for (const DifferenceList& list : difference_lists()) {
      for (const ChangedResult& one : since.*list.list) {
        const auto word = [](const std::optional<Verdict>& verdict) {
          return verdict ? sign_of(*verdict) + " " + std::string(to_string(*verdict))
                         : std::string("—");
        };
        rows.push_back("| " + std::string(list.title) + " | " + place(one.scenario, one.world) +
                       " | " + word(one.then) + " | " + word(one.now) + " |");
      }
    }
    table("", "| | Scenario | Then | Now |", rows);
  }

  void failures() {
    std::vector<std::string> rows;
    for (const ScenarioResult& result : run_.results) {
      if (!is_failure(result.verdict)) continue;
      const std::string head = "| " + sign_of(result.verdict) + " " +
                               std::string(to_string(result.verdict)) + " | " +
                               place(result.scenario, result.world) + " | ";
      std::size_t told = 0;
      for (const Finding& finding : result.findings) {
        if (!is_failure(finding.verdict) || told++ >= kMostFindingsTold) continue;
        rows.push_back(head + line(finding.what) + " | " + clause_cell(finding) + " |");
      }
      if (told == 0) rows.push_back(head + line(result.reason) + " | |");
    }
    table("### What failed\n\n", "| | Scenario | What | Clause |", rows);
    for (const ScenarioResult& result : run_.results) {
      if (is_failure(result.verdict)) add(failure(result));
    }
  }

  std::string failure(const ScenarioResult& result) const {
    std::string text = "\n<details><summary>" + sign_of(result.verdict) + " " +
                       place(result.scenario, result.world) + "</summary>\n\n";
    if (!result.title.empty()) text += "**" + line(result.title) + "**\n\n";
    if (!result.why.empty()) text += line(result.why) + "\n\n";
    if (!result.reason.empty()) text += block(result.reason) + "\n";
    for (std::size_t i = 0; i < result.findings.size() && i < kMostFindingsTold; ++i) {
      text += finding_text(result.findings[i]);
    }
    if (result.findings.size() > kMostFindingsTold) {
      text += "… and " + std::to_string(result.findings.size() - kMostFindingsTold) +
              " more findings; the JSON and HTML reports have them all.\n\n";
    }
    if (!result.rerun.empty()) {
      // A command that is cut short would be another one.
      text += "Run it again (seed " + std::to_string(result.seed) + "):\n\n" +
              markdown_block(redactor_.redact(result.rerun), "sh");
    }
    return text + "\n</details>\n";
  }

  std::string finding_text(const Finding& finding) const {
    std::string text = sign_of(finding.verdict) + " **" + line(finding.what) + "**\n\n";
    for (const std::string& id : {finding.clause, finding.invariant}) {
      if (id.empty()) continue;
      const std::string statement = text_of_(id);
      text += "> " + code(id) + (statement.empty() ? "" : " " + line(statement)) + "\n\n";
    }
    if (!finding.expected.empty()) text += "Expected:\n\n" + block(finding.expected) + "\n";
    if (!finding.actual.empty()) text += "Actual:\n\n" + block(finding.actual) + "\n";
    return text;
  }

  void groups() {
    std::vector<std::string> rows;
    for (const GroupCounts& one : count_by_group(run_.results)) {
      rows.push_back("| " + (one.group.empty() ? "(no group)" : code(one.group)) + " | " +
                     std::to_string(one.counts.passed) + " | " + std::to_string(one.counts.failed) +
                     " | " + std::to_string(one.counts.skipped) + " |");
    }
    if (rows.size() > 1) table("### Groups\n\n", "| Group | Passed | Failed | Skipped |", rows);
  }

  void warnings() {
    std::vector<std::string> rows;
    for (const ScenarioResult& result : run_.results) {
      for (const Finding& finding : result.findings) {
        if (finding.verdict != Verdict::kWarn) continue;
        rows.push_back("| " + place(result.scenario, result.world) + " | " + line(finding.what) +
                       " | " + clause_cell(finding) + " |");
      }
    }
    table("### Warnings\n\n", "| Scenario | What | Clause |", rows);
  }

  void skips() {
    std::map<std::string, std::size_t> reasons;
    for (const ScenarioResult& result : run_.results) {
      if (result.verdict == Verdict::kSkip) ++reasons[result.reason];
    }
    std::vector<std::pair<std::string, std::size_t>> sorted(reasons.begin(), reasons.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> rows;
    rows.reserve(sorted.size());
    for (const auto& [reason, times] : sorted) {
      rows.push_back("| " + std::to_string(times) + " | " +
                     (reason.empty() ? "no reason given" : line(reason)) + " |");
    }
    table("### Skipped\n\n", "| | Why |", rows);
  }

  void slowest() {
    std::vector<const ScenarioResult*> sorted;
    for (const ScenarioResult& result : run_.results) {
      if (result.elapsed >= std::chrono::milliseconds(1)) sorted.push_back(&result);
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto* a, const auto* b) { return a->elapsed > b->elapsed; });
    if (sorted.size() > kSlowest) sorted.resize(kSlowest);
    std::vector<std::string> rows;
    rows.reserve(sorted.size());
    for (const ScenarioResult* result : sorted) {
      rows.push_back("| " + place(result->scenario, result->world) + " | " +
                     time_taken(result->elapsed) + " |");
    }
    if (table("<details><summary>The slowest scenarios</summary>\n\n", "| Scenario | Took |",
              rows)) {
      out_ += "\n</details>\n";
    }
  }

  void foot() {
    if (left_out_ == 0) return;
    const std::string said = "\n**" + std::to_string(left_out_) +
                             " parts are left out: a summary may have no more than 1 MiB. The "
                             "JSON, HTML and JUnit reports have them all.**\n";
    if (out_.size() + said.size() <= most_) out_ += said;
  }

  const RunSummary& run_;
  const Redactor& redactor_;
  std::size_t most_;
  std::size_t room_;
  TextLookup text_of_;
  std::size_t left_out_ = 0;
  std::string out_;
};

}  // namespace

std::string markdown_text(std::string_view text) {
  // References are never markup, unlike characters after a backslash in a table.
  constexpr std::string_view kMarkup = "&<>\"'`*_~[](){}!#|\\@:+=$^";
  std::string out;
  char before = ' ';
  for (const char c : core::printable(text, core::LineBreaks::kKeep)) {
    if (c == '\n' || c == '\t') {
      out += ' ';
    } else if (kMarkup.find(c) != std::string_view::npos ||
               (c == '.' && (before == 'w' || before == 'W'))) {  // "www." would be a link
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    } else {
      out += c;
    }
    before = c;
  }
  return out;
}

std::string markdown_block(std::string_view text, std::string_view language) {
  const std::string clean = core::printable(text, core::LineBreaks::kKeep);
  const std::string fence(std::max<std::size_t>(3, longest_fence(clean) + 1), '`');
  std::string out = fence + std::string(language) + "\n" + clean;
  if (!out.ends_with('\n')) out += '\n';
  return out + fence + "\n";
}

std::string markdown_report(const RunSummary& run, const Redactor& redactor, std::size_t most) {
  return MarkdownWriter(run, redactor, most).write();
}

}  // namespace terapi::conformance
