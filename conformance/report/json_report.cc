#include "conformance/report/json_report.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "conformance/report/clause_tally.h"
#include "core/rfc3339.h"

namespace terapi::conformance {
namespace {

using Json = nlohmann::ordered_json;

// "2024-01-01T00:00:00.000000Z".
std::string report_time(core::Time time) { return core::format_rfc3339(time).substr(0, 26) + "Z"; }

std::int64_t milliseconds_of(core::Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

template <typename Number>
Json number_or_null(const std::optional<Number>& number) {
  return number ? Json(*number) : Json();
}

// Makes the parts of a report; all text goes through the redactor.
class JsonReport {
 public:
  JsonReport(const RunSummary& run, const Redactor& redactor, const JsonReportOptions& options)
      : run_(run), redactor_(redactor), options_(options), text_of_(lookup_in(run)) {}

  Json whole() const {
    const Counts all = count(run_.results);
    Json report = {{"schema_version", kJsonReportVersion},
                   {"program_version", text(run_.version)},
                   {"mode", text(run_.mode)},
                   {"subject", text(run_.subject)},
                   {"dialect", text(run_.dialect)},
                   {"seed", run_.seed},
                   {"started_at", report_time(run_.started_at)},
                   {"elapsed_ms", milliseconds_of(run_.elapsed)},
                   {"known_failing", Json::array()},
                   {"counts", counts(all)},
                   {"exit_code", exit_code(all)},
                   {"baseline", run_.since ? difference(*run_.since) : Json()},
                   {"results", Json::array()},
                   {"clauses", Json::array()}};
    for (const std::string& file : run_.known_failing) {
      report["known_failing"].push_back(text(file));
    }
    for (const ScenarioResult& one : run_.results) report["results"].push_back(result(one));
    for (const ClauseTally& tally : tally_clauses(run_)) report["clauses"].push_back(clause(tally));
    return report;
  }

 private:
  std::string text(std::string_view value) const { return redactor_.redact(value); }

  static Json counts(const Counts& counts) {
    Json by_verdict = Json::object();
    for (const auto& verdict : kVerdictWords) {
      by_verdict[std::string(verdict.word)] = counts.of(verdict.value);
    }
    return {{"passed", counts.passed},
            {"failed", counts.failed},
            {"skipped", counts.skipped},
            {"by_verdict", std::move(by_verdict)}};
  }

  Json finding(const Finding& finding) const {
    return {{"verdict", to_string(finding.verdict)},
            {"clause", text(finding.clause)},
            {"clause_text", text(text_of_(finding.clause))},
            {"invariant", text(finding.invariant)},
            {"invariant_text", text(text_of_(finding.invariant))},
            {"what", text(finding.what)},
            {"expected", text(finding.expected)},
            {"actual", text(finding.actual)},
            {"events", finding.events}};
  }

  Json event(const Event& event) const {
    return {{"number", event.number},
            {"at_us", event.at.time_since_epoch().count()},
            {"kind", to_string(event.kind)},
            {"life", event.life},
            {"pair", number_or_null(event.pair)},
            {"stream", text(event.stream)},
            {"text", text(event.text)},
            {"bad", event.bad}};
  }

  Json result(const ScenarioResult& result) const {
    Json json = {{"scenario", text(result.scenario)},
                 {"title", text(result.title)},
                 {"why", text(result.why)},
                 {"clauses", Json::array()},
                 {"world", text(result.world)},
                 {"subject", text(result.subject)},
                 {"dialect", text(result.dialect)},
                 {"seed", result.seed},
                 {"verdict", to_string(result.verdict)},
                 {"reason", text(result.reason)},
                 {"findings", Json::array()},
                 {"timeline", Json::array()},
                 {"elapsed_ms", milliseconds_of(result.elapsed)},
                 {"rerun", text(result.rerun)},
                 {"subject_output", text(result.subject_output)}};
    for (const std::string& id : result.clauses) json["clauses"].push_back(text(id));
    for (const Finding& one : result.findings) json["findings"].push_back(finding(one));
    const bool quiet = result.verdict == Verdict::kPass && result.findings.empty();
    if (quiet && !options_.all_timelines) return json;
    for (const Event& one : result.timeline) json["timeline"].push_back(event(one));
    return json;
  }

  Json difference(const RunDifference& since) const {
    Json json = {{"file", text(since.baseline)},
                 {"started_at", text(since.started_at)},
                 {"told", difference_line(since)}};
    const auto word = [](const std::optional<Verdict>& verdict) {
      return verdict ? Json(to_string(*verdict)) : Json();
    };
    for (const DifferenceList& list : difference_lists()) {
      Json& of_list = json[std::string(list.name)] = Json::array();
      for (const ChangedResult& one : since.*list.list) {
        of_list.push_back({{"scenario", text(one.scenario)},
                           {"world", text(one.world)},
                           {"then", word(one.then)},
                           {"now", word(one.now)}});
      }
    }
    return json;
  }

  Json clause(const ClauseTally& tally) const {
    return {{"id", text(tally.clause.id)},
            {"level", text(tally.clause.level)},
            {"statement", text(tally.clause.statement)},
            {"verdict", tally.verdict ? Json(to_string(*tally.verdict)) : Json()},
            {"checks", tally.checks},
            {"failed", tally.failed}};
  }

  const RunSummary& run_;
  const Redactor& redactor_;
  const JsonReportOptions& options_;
  TextLookup text_of_;
};

}  // namespace

std::string json_report(const RunSummary& run, const Redactor& redactor,
                        const JsonReportOptions& options) {
  // What a subject says need not be UTF-8; a report has to be.
  return JsonReport(run, redactor, options)
             .whole()
             .dump(-1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

}  // namespace terapi::conformance
