#include "conformance/program/known_failing.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "conformance/program/scenario_set.h"
#include "conformance/report/run_summary.h"
#include "conformance/scenario/scenario.h"
#include "core/glob.h"
#include "core/json_fields.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// Of what repeats, the sentence of a finding says how many more there are.
bool is_said(const Finding& finding, const std::string& glob) {
  return glob.empty() || core::glob_matches(glob, finding.what) ||
         core::glob_matches(glob + " (and * more of this kind)", finding.what);
}

// What was found stays to be seen, as something that is known.
void take_as_known(Finding& finding, const std::string& reason) {
  finding.verdict = Verdict::kInfo;
  finding.what += ": known to fail, " + reason;
}

}  // namespace

core::Result<KnownFailing> KnownFailing::load(const std::string& path, Kind kind) {
  if (path.empty()) return KnownFailing();
  auto text = read_text_file(path);
  if (!text) return text.error();
  return parse(*std::move(text), path, kind);
}

core::Result<KnownFailing> KnownFailing::parse(std::string text, const std::string& name,
                                               Kind kind) {
  const auto document = json::Document::parse(std::move(text), {.comments = true});
  if (!document) return core::Error{"bad_known_failing", name + ": " + document.error().message};
  KnownFailing known;
  json::Issues issues;
  json::Fields fields(document->root(), {}, issues);
  std::size_t i = 0;
  for (const json::Value item : fields.array("known_failing").items()) {
    json::Fields entry(item, {"known_failing", std::to_string(i++)}, issues);
    Entry read;
    read.scenario = entry.required("scenario");
    read.reason = entry.required("reason");
    read.world = entry.string("world").value_or("");
    read.finding = entry.string("finding").value_or("");
    read.file = name;
    read.kind = kind;
    entry.finish();
    known.entries_.push_back(std::move(read));
  }
  fields.finish();
  if (!issues.empty()) {
    return core::Error{"bad_known_failing", issue_lines(issues, *document, name)};
  }
  return known;
}

void KnownFailing::add(KnownFailing more) {
  std::move(more.entries_.begin(), more.entries_.end(), std::back_inserter(entries_));
}

std::vector<std::string> KnownFailing::scenarios() const {
  std::vector<std::string> ids;
  ids.reserve(entries_.size());
  for (const Entry& entry : entries_) ids.push_back(entry.scenario);
  return ids;
}

KnownFailing::Fitting KnownFailing::fitting(const ScenarioResult& result) {
  Fitting fitting;
  for (Entry& entry : entries_) {
    if (entry.scenario != result.scenario) continue;
    if (!entry.world.empty() && entry.world != result.world) continue;
    entry.met = true;
    fitting.push_back(&entry);
  }
  return fitting;
}

void KnownFailing::apply(ScenarioResult& result) {
  const Fitting entries = fitting(result);
  if (entries.empty()) return;
  if (result.verdict == Verdict::kFail || result.verdict == Verdict::kInconclusive) {
    return forgive(entries, result);
  }
  if (result.verdict > Verdict::kWarn) return;
  if (result.verdict == Verdict::kWarn) {  // of a SHOULD
    forgive(entries, result);
    if (result.verdict == Verdict::kSkip) return;
  }
  for (const Entry* entry : entries) tell_stale(*entry, result);
}

// With an entry that names no finding, whatever failed is known.
void KnownFailing::forgive(const Fitting& entries, ScenarioResult& result) {
  std::vector<std::string> reasons;
  bool left = false;
  for (Finding& finding : result.findings) {
    if (finding.verdict != Verdict::kFail && finding.verdict != Verdict::kWarn) continue;
    const auto by = std::find_if(entries.begin(), entries.end(), [&](const Entry* entry) {
      return is_said(finding, entry->finding);
    });
    left = left || by == entries.end();
    if (by == entries.end()) continue;
    if (std::find(reasons.begin(), reasons.end(), (*by)->reason) == reasons.end()) {
      reasons.push_back((*by)->reason);
    }
    take_as_known(finding, (*by)->reason);
  }
  if (reasons.empty() && !left &&
      is_failure(result.verdict)) {  // it says what is wrong in no finding
    const auto any = std::find_if(entries.begin(), entries.end(),
                                  [](const Entry* entry) { return entry->finding.empty(); });
    if (any != entries.end()) reasons.push_back((*any)->reason);
  }
  if (left || reasons.empty()) return;
  result.verdict = Verdict::kSkip;
  result.reason = "known to fail: ";
  for (const std::string& reason : reasons) {
    if (&reason != &reasons.front()) result.reason += "; ";
    result.reason += reason;
  }
}

void KnownFailing::tell_stale(const Entry& entry, ScenarioResult& result) {
  const bool fails = entry.kind == Kind::kOfThisServer;
  result.findings.push_back(
      {fails ? Verdict::kFail : Verdict::kInfo,
       "",
       "",
       fails ? "it is listed as known to fail (" + entry.reason + "), and no longer fails"
             : "servers of this dialect are known to fail it (" + entry.reason +
                   "); this one does not",
       "no entry for it in " + entry.file,
       "a stale entry",
       {}});
  result.verdict = graver(result.verdict, result.findings.back().verdict);
}

void KnownFailing::add_stale(std::vector<ScenarioResult>& results,
                             const std::vector<std::string>& left_out) const {
  for (const Entry& entry : entries_) {
    if (entry.met || entry.kind == Kind::kOfADialect) continue;
    if (std::find(left_out.begin(), left_out.end(), entry.scenario) != left_out.end()) continue;
    ScenarioResult stale;
    stale.scenario = entry.scenario;
    stale.title = "known to fail: " + entry.reason;
    stale.verdict = Verdict::kFail;
    stale.findings.push_back({Verdict::kFail,
                              "",
                              "",
                              "no scenario of this id was played",
                              "only entries of scenarios that exist in " + entry.file,
                              "a stale entry",
                              {}});
    results.push_back(std::move(stale));
  }
}

}  // namespace terapi::conformance
