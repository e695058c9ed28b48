// RunDifference: what is otherwise in this run than it was in an earlier one, the baseline,
// scenario by scenario and world by world. Values and pure functions.
//
//   auto baseline = Baseline::parse(text, "report.json", "client");
//   run.since = compare(*baseline, run.results, [](auto& scenario, auto& world) { return … });
//
// A scenario that was played several times counts as what it came to at worst.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "core/result.h"

namespace terapi::conformance {

// A scenario in a world, then and now.
struct ChangedResult {
  std::string scenario;
  std::string world;
  std::optional<Verdict> then;  // none: it was not there
  std::optional<Verdict> now;   // none: it is not there
  std::string what{};           // of what fails now: what is wrong, in a line
};

// Whether a scenario of the baseline that was not played still exists: a part of a run says nothing
// of the rest.
using StillExists = std::function<bool(const std::string& scenario, const std::string& world)>;

struct RunDifference {
  std::string baseline;                     // its file
  std::string started_at;                   // "2024-01-01T00:00:00.000000Z"; empty: it does not say
  std::string dialect;                      // of the baseline, where it is another one; else empty
  std::vector<ChangedResult> new_failures;  // did not fail then, or were not there
  std::vector<ChangedResult> mended;        // failed then, pass now
  std::vector<ChangedResult> still_failing;  // failed then, too
  std::vector<ChangedResult> not_judged;     // came to a verdict then, are skipped now
  std::vector<ChangedResult> added;          // were not there then, and do not fail
  std::vector<ChangedResult> gone;           // were there then, and exist no more

  bool is_none() const;
};

// The lists of a difference, in the order in which they are told.
struct DifferenceList {
  std::string_view name;   // "new_failures": of the JSON report
  std::string_view title;  // "New failures"
  std::vector<ChangedResult> RunDifference::*list;
};
const std::vector<DifferenceList>& difference_lists();

// "2 new failures, 1 mended, 3 still failing"; "nothing is otherwise" when all lists are empty.
std::string difference_line(const RunDifference& difference);

// What a JSON report of an earlier run says, as far as a later one is compared to it.
struct Baseline {
  std::string file;
  std::string started_at;
  std::string dialect;
  std::vector<ChangedResult> results;  // `then` of each

  // `file`: for messages. `mode`: of the run that is compared. Code "bad_baseline": what is wrong,
  // where, and what was expected.
  static core::Result<Baseline> parse(std::string text, const std::string& file,
                                      std::string_view mode);
  // Code "bad_baseline", also where there is no such file.
  static core::Result<Baseline> load(const std::string& file, std::string_view mode);
};

// What was skipped because the run ended early (--fail-fast) counts as not played.
RunDifference compare(const Baseline& baseline, const std::vector<ScenarioResult>& results,
                      std::string_view dialect, const StillExists& exists);

// What is wrong with a result that failed, in a line, with its clause: "CLIENT-1: …".
std::string headline(const ScenarioResult& result);

}  // namespace terapi::conformance
