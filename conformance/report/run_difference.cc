#include "conformance/report/run_difference.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "conformance/report/json_report.h"
#include "conformance/report/run_summary.h"
#include "core/json_fields.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

using Key = std::pair<std::string, std::string>;  // scenario, world

// Of what `explore` finds, the seed is chance: the way to fail is what is compared.
std::string comparable_name(std::string name) {
  const std::size_t seed = name.rfind(", seed ");
  if (seed != std::string::npos &&
      name.find_first_not_of("0123456789", seed + 7) == std::string::npos) {
    name.resize(seed);
  }
  // "1,234 schedules", of a run of `explore` that found nothing.
  const std::size_t words = name.find_first_not_of("0123456789,");
  if (words != 0 && words != std::string::npos &&
      std::string_view(name).substr(words).starts_with(" schedule")) {
    return "schedules";
  }
  return name;
}

bool was_not_played(const ScenarioResult& result) {
  return result.verdict == Verdict::kSkip && result.reason.starts_with("not played: ");
}

// In the order in which they first come, each at its worst.
std::vector<ChangedResult> each_once(std::vector<ChangedResult> all,
                                     std::optional<Verdict> ChangedResult::*verdict) {
  std::map<Key, std::size_t> place;
  std::vector<ChangedResult> once;
  for (ChangedResult& one : all) {
    one.scenario = comparable_name(std::move(one.scenario));
    const auto [known, fresh] = place.try_emplace(Key(one.scenario, one.world), once.size());
    if (fresh) {
      once.push_back(std::move(one));
    } else if (ChangedResult& same = once[known->second]; *(one.*verdict) > *(same.*verdict)) {
      same = std::move(one);
    }
  }
  return once;
}

std::vector<ChangedResult> of_now(const std::vector<ScenarioResult>& results) {
  std::vector<ChangedResult> now;
  for (const ScenarioResult& result : results) {
    if (was_not_played(result)) continue;
    now.push_back({result.scenario, result.world, std::nullopt, result.verdict,
                   is_failure(result.verdict) ? headline(result) : ""});
  }
  return each_once(std::move(now), &ChangedResult::now);
}

// Which list it belongs to; null: nothing has changed.
std::vector<ChangedResult>* list_of(const ChangedResult& one, RunDifference& difference) {
  const bool failed = one.then && is_failure(*one.then);
  if (is_failure(*one.now)) return failed ? &difference.still_failing : &difference.new_failures;
  if (!one.then) return &difference.added;
  if (*one.now == Verdict::kSkip) {
    return *one.then == Verdict::kSkip ? nullptr : &difference.not_judged;
  }
  return failed ? &difference.mended : nullptr;
}

// "report.json:1:20: schema_version is 9; expected 1", a line each.
std::string where_and_what(const json::Issues& issues, const json::Document& document,
                           const std::string& file) {
  std::string text;
  const json::Places places(document.text());
  for (const json::Issue& issue : issues) {
    const json::Place place = places.of(issue.offset);
    if (!text.empty()) text += '\n';
    text += file;
    text += ':' + std::to_string(place.line);
    text += ':' + std::to_string(place.column);
    text += ": " + issue.message;
  }
  return text;
}

core::Error bad_baseline(const std::string& message) { return {"bad_baseline", message}; }

void check_head(const json::Value& root, std::string_view mode, json::Issues& issues) {
  if (!root["schema_version"].is_number() ||
      root["schema_version"].text() != std::to_string(kJsonReportVersion)) {
    json::report_wrong(root["schema_version"], {"schema_version"},
                       std::to_string(kJsonReportVersion), issues);
  }
  if (!root["mode"].is_string() || root["mode"].string() != mode) {
    json::report_wrong(root["mode"], {"mode"},
                       "\"" + std::string(mode) + "\": a report of the same mode", issues);
  }
  if (!root["results"].is_array()) {
    json::report_wrong(root["results"], {"results"}, "an array of results", issues);
  }
}

std::vector<ChangedResult> read_results(const json::Value& root, json::Issues& issues) {
  std::vector<ChangedResult> results;
  std::size_t i = 0;
  for (const json::Value item : root["results"].items()) {
    json::Fields fields(item, {"results", std::to_string(i++)}, issues);
    ChangedResult read;
    read.scenario = fields.required("scenario");
    read.world = fields.string("world").value_or("");
    read.then = fields.word("verdict", kVerdictWords);
    if (!fields.has("verdict")) {
      fields.report("verdict", "required", "is missing; expected a verdict, such as \"PASS\"");
    }
    results.push_back(std::move(read));  // its other members are no matter
  }
  return results;
}

std::string told_of(std::size_t count, std::string_view one, std::string_view more) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : more);
}

}  // namespace

std::string headline(const ScenarioResult& result) {
  for (const Finding& finding : result.findings) {
    if (!is_failure(finding.verdict)) continue;
    return finding.clause.empty() ? finding.what : finding.clause + ": " + finding.what;
  }
  return result.reason;
}

bool RunDifference::is_none() const {
  return std::all_of(difference_lists().begin(), difference_lists().end(),
                     [this](const DifferenceList& one) { return (this->*one.list).empty(); });
}

const std::vector<DifferenceList>& difference_lists() {
  static const std::vector<DifferenceList> kLists = {
      {"new_failures", "New failures", &RunDifference::new_failures},
      {"mended", "Mended", &RunDifference::mended},
      {"still_failing", "Still failing", &RunDifference::still_failing},
      {"not_judged", "Skipped now", &RunDifference::not_judged},
      {"added", "New scenarios", &RunDifference::added},
      {"gone", "Gone scenarios", &RunDifference::gone},
  };
  return kLists;
}

std::string difference_line(const RunDifference& difference) {
  if (difference.is_none()) return "nothing is otherwise";
  std::string line = told_of(difference.new_failures.size(), "new failure", "new failures");
  line += ", " + std::to_string(difference.mended.size()) + " mended";
  line += ", " + std::to_string(difference.still_failing.size()) + " still failing";
  if (!difference.not_judged.empty()) {
    line += ", " + std::to_string(difference.not_judged.size()) + " skipped now";
  }
  if (!difference.added.empty()) {
    line += ", " + told_of(difference.added.size(), "new scenario", "new scenarios");
  }
  if (!difference.gone.empty()) {
    line += ", " + told_of(difference.gone.size(), "scenario gone", "scenarios gone");
  }
  return line;
}

core::Result<Baseline> Baseline::parse(std::string text, const std::string& file,
                                       std::string_view mode) {
  const auto document = json::Document::parse(std::move(text));
  if (!document) {
    return bad_baseline("--baseline: " + file + ": " + document.error().message +
                        "; expected a report that `terapi-conformance " + std::string(mode) +
                        " --json` wrote");
  }
  const json::Value root = document->root();
  json::Issues issues;
  if (root.is_object()) {
    check_head(root, mode, issues);
  } else {
    json::report_wrong(root, {}, "a report that `--json` wrote", issues);
  }
  Baseline baseline;
  baseline.file = file;
  // What is no report, or one of another mode, has only that to be said of it.
  if (issues.empty()) baseline.results = read_results(root, issues);
  if (!issues.empty()) {
    return bad_baseline("--baseline: " + where_and_what(issues, *document, file));
  }
  if (root["started_at"].is_string()) baseline.started_at = root["started_at"].string();
  if (root["dialect"].is_string()) baseline.dialect = root["dialect"].string();
  baseline.results = each_once(std::move(baseline.results), &ChangedResult::then);
  return baseline;
}

core::Result<Baseline> Baseline::load(const std::string& file, std::string_view mode) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) {
    return bad_baseline("--baseline: " + file +
                        ": cannot be read; expected a report that `terapi-conformance " +
                        std::string(mode) + " --json` wrote");
  }
  return parse(text.str(), file, mode);
}

RunDifference compare(const Baseline& baseline, const std::vector<ScenarioResult>& results,
                      std::string_view dialect, const StillExists& exists) {
  RunDifference difference;
  difference.baseline = baseline.file;
  difference.started_at = baseline.started_at;
  if (baseline.dialect != dialect) difference.dialect = baseline.dialect;
  std::map<Key, const ChangedResult*> then;
  for (const ChangedResult& one : baseline.results) then[Key(one.scenario, one.world)] = &one;
  for (ChangedResult& one : of_now(results)) {
    const auto before = then.find(Key(one.scenario, one.world));
    if (before != then.end()) {
      one.then = before->second->then;
      then.erase(before);
    }
    if (auto* list = list_of(one, difference); list != nullptr) list->push_back(std::move(one));
  }
  for (const ChangedResult& one : baseline.results) {
    if (!then.contains(Key(one.scenario, one.world)) || exists(one.scenario, one.world)) continue;
    difference.gone.push_back(one);
  }
  return difference;
}

}  // namespace terapi::conformance
