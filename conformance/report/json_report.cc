#include "conformance/report/json_report.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "conformance/report/clause_tally.h"
#include "core/json_writer.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

// "2024-01-01T00:00:00.000000Z".
std::string report_time(core::Time time) {
  using std::chrono::floor;
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::int64_t micros = (time - day).count();
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", int(date.year()),
                unsigned(date.month()), unsigned(date.day()), int(micros / 3'600'000'000),
                int(micros / 60'000'000 % 60), int(micros / 1'000'000 % 60),
                int(micros % 1'000'000));
  return text;
}

// Writes the parts of a report; all text goes through the redactor.
class JsonReportWriter {
 public:
  JsonReportWriter(const Redactor& redactor, const JsonReportOptions& options)
      : redactor_(redactor), options_(options) {}

  std::string write(const RunSummary& run);

 private:
  void text(std::string_view name, std::string_view value) {
    out_.field(name, redactor_.redact(value));
  }
  void counts(const Counts& counts);
  void result(const ScenarioResult& result);
  void finding(const Finding& finding);
  void event(const Event& event);
  void clauses(const RunSummary& run);

  const Redactor& redactor_;
  const JsonReportOptions& options_;
  TextLookup text_of_;
  json::Writer out_;
};

void JsonReportWriter::counts(const Counts& counts) {
  out_.key("counts").begin_object();
  out_.field("passed", counts.passed).field("failed", counts.failed);
  out_.field("skipped", counts.skipped).key("by_verdict").begin_object();
  for (std::size_t i = 0; i < counts.by_verdict.size(); ++i) {
    out_.field(to_string(static_cast<Verdict>(i)), counts.by_verdict[i]);
  }
  out_.end_object().end_object();
}

void JsonReportWriter::finding(const Finding& finding) {
  out_.begin_object().field("verdict", to_string(finding.verdict));
  text("clause", finding.clause);
  text("clause_text", text_of_(finding.clause));
  text("invariant", finding.invariant);
  text("invariant_text", text_of_(finding.invariant));
  text("what", finding.what);
  text("expected", finding.expected);
  text("actual", finding.actual);
  out_.key("events").begin_array();
  for (const std::size_t number : finding.events) out_.number(number);
  out_.end_array().end_object();
}

void JsonReportWriter::event(const Event& event) {
  out_.begin_object().field("number", event.number);
  out_.field("at_us", event.at.time_since_epoch().count());
  out_.field("kind", to_string(event.kind)).field("life", event.life).key("pair");
  if (event.pair) {
    out_.number(*event.pair);
  } else {
    out_.null();
  }
  text("stream", event.stream);
  text("text", event.text);
  out_.field("bad", event.bad).end_object();
}

void JsonReportWriter::result(const ScenarioResult& result) {
  out_.begin_object();
  text("scenario", result.scenario);
  text("title", result.title);
  text("why", result.why);
  out_.key("clauses").begin_array();
  for (const std::string& clause : result.clauses) out_.string(redactor_.redact(clause));
  out_.end_array();
  text("world", result.world);
  text("subject", result.subject);
  text("dialect", result.dialect);
  out_.field("seed", result.seed).field("verdict", to_string(result.verdict));
  text("reason", result.reason);
  out_.key("findings").begin_array();
  for (const Finding& one : result.findings) finding(one);
  out_.end_array();
  const bool quiet = result.verdict == Verdict::kPass && result.findings.empty();
  out_.key("timeline").begin_array();
  if (!quiet || options_.all_timelines) {
    for (const Event& one : result.timeline) event(one);
  }
  out_.end_array();
  out_.field("elapsed_ms",
             std::chrono::duration_cast<std::chrono::milliseconds>(result.elapsed).count());
  text("rerun", result.rerun);
  text("subject_output", result.subject_output);
  out_.end_object();
}

void JsonReportWriter::clauses(const RunSummary& run) {
  out_.key("clauses").begin_array();
  for (const ClauseTally& tally : tally_clauses(run)) {
    out_.begin_object();
    text("id", tally.clause.id);
    text("level", tally.clause.level);
    text("statement", tally.clause.statement);
    out_.key("verdict");
    if (tally.verdict) {
      out_.string(to_string(*tally.verdict));
    } else {
      out_.null();
    }
    out_.field("checks", tally.checks).field("failed", tally.failed).end_object();
  }
  out_.end_array();
}

std::string JsonReportWriter::write(const RunSummary& run) {
  text_of_ = lookup_in(run);
  const Counts all = count(run.results);
  out_.begin_object().field("schema_version", kJsonReportVersion);
  text("program_version", run.version);
  text("mode", run.mode);
  text("subject", run.subject);
  text("dialect", run.dialect);
  out_.field("seed", run.seed).field("started_at", report_time(run.started_at));
  out_.field("elapsed_ms",
             std::chrono::duration_cast<std::chrono::milliseconds>(run.elapsed).count());
  counts(all);
  out_.field("exit_code", exit_code(all)).key("results").begin_array();
  for (const ScenarioResult& one : run.results) result(one);
  out_.end_array();
  clauses(run);
  return out_.end_object().take() + "\n";
}

}  // namespace

std::string json_report(const RunSummary& run, const Redactor& redactor,
                        const JsonReportOptions& options) {
  return JsonReportWriter(redactor, options).write(run);
}

}  // namespace terapi::conformance
