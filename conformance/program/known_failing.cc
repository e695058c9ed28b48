#include "conformance/program/known_failing.h"

#include <utility>

#include "conformance/program/scenario_set.h"
#include "conformance/scenario/scenario.h"
#include "core/json_fields.h"

namespace terapi::conformance {

namespace json = core::json;

core::Result<KnownFailing> KnownFailing::load(const std::string& path) {
  if (path.empty()) return KnownFailing();
  auto text = read_text_file(path);
  if (!text) return text.error();
  return parse(*std::move(text), path);
}

core::Result<KnownFailing> KnownFailing::parse(std::string text, const std::string& name) {
  const auto document = json::Document::parse(std::move(text), {.comments = true});
  if (!document) return core::Error{"bad_known_failing", name + ": " + document.error().message};
  KnownFailing known;
  known.name_ = name;
  json::Issues issues;
  json::Fields fields(document->root(), {}, issues);
  std::size_t i = 0;
  for (const json::Value item : fields.array("known_failing").items()) {
    json::Fields entry(item, {"known_failing", std::to_string(i++)}, issues);
    Entry read;
    read.scenario = entry.required("scenario");
    read.reason = entry.required("reason");
    read.world = entry.string("world").value_or("");
    entry.finish();
    known.entries_.push_back(std::move(read));
  }
  fields.finish();
  if (!issues.empty()) {
    return core::Error{"bad_known_failing", issue_lines(issues, *document, name)};
  }
  return known;
}

void KnownFailing::apply(ScenarioResult& result) {
  for (Entry& entry : entries_) {
    if (entry.scenario != result.scenario) continue;
    if (!entry.world.empty() && entry.world != result.world) continue;
    entry.met = true;
    if (result.verdict == Verdict::kFail || result.verdict == Verdict::kInconclusive) {
      result.verdict = Verdict::kSkip;
      result.reason = "known to fail: " + entry.reason;
    } else if (result.verdict <= Verdict::kWarn) {
      result.findings.push_back(
          {Verdict::kFail,
           "",
           "",
           "it is listed as known to fail (" + entry.reason + "), and no longer fails",
           "no entry for it in " + name_,
           "a stale entry",
           {}});
      result.verdict = Verdict::kFail;
    }
  }
}

void KnownFailing::add_stale(std::vector<ScenarioResult>& results) const {
  for (const Entry& entry : entries_) {
    if (entry.met) continue;
    ScenarioResult stale;
    stale.scenario = entry.scenario;
    stale.title = "known to fail: " + entry.reason;
    stale.verdict = Verdict::kFail;
    stale.findings.push_back({Verdict::kFail,
                              "",
                              "",
                              "no scenario of this id was played",
                              "only entries of scenarios that exist in " + name_,
                              "a stale entry",
                              {}});
    results.push_back(std::move(stale));
  }
}

}  // namespace terapi::conformance
