// RunSummary: a whole run of the judge, what every report is made from, and what follows from its
// results: the counts, the exit code and the closing line. Values and pure functions.
//
//   RunSummary run;
//   run.mode = "reference";
//   run.results = play(scenarios);
//   out << closing_line(count(run.results)) << "\n";
//   return exit_code(run.results);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "conformance/report/run_difference.h"
#include "core/clock.h"
#include "core/version.h"

namespace terapi::conformance {

// A sentence that verdicts name by its id. Whoever makes a report fills these from the catalogue.
struct ClauseText {
  std::string id;     // "CUR-3", "I1"
  std::string level;  // "MUST", "SHOULD", "MAY"; empty for invariants
  std::string statement;
};

// The statement of a clause or an invariant; empty when there is none of that id.
using TextLookup = std::function<std::string(std::string_view id)>;

struct RunSummary {
  std::string mode;     // "server", "client", "reference", …
  std::string subject;  // as in ScenarioResult
  std::string dialect = "terapi";
  std::string version = std::string(core::kVersion);
  std::uint64_t seed = 1;
  core::Time started_at{};
  core::Duration elapsed{0};                 // real time
  std::vector<ClauseText> clauses;           // all of the contract, in its order
  std::vector<ClauseText> invariants;        // that are checked in every run
  std::vector<std::string> known_failing{};  // the lists that were read, by their paths
  std::vector<ScenarioResult> results;
  std::optional<RunDifference> since{};  // an earlier run; none: it was compared to none
};

// Looks in the run's clauses and invariants. Keeps copies, so it may outlive the run.
TextLookup lookup_in(const RunSummary& run);

struct Counts {
  std::size_t passed = 0;   // PASS, INFO, WARN
  std::size_t failed = 0;   // FAIL, ERROR, INCONCLUSIVE
  std::size_t skipped = 0;  // SKIP
  std::array<std::size_t, kVerdictWords.size()> by_verdict{};
  std::size_t of(Verdict verdict) const { return by_verdict[static_cast<std::size_t>(verdict)]; }
  std::size_t total() const { return passed + failed + skipped; }
  void add(Verdict verdict);
};

// True for what counts as failed.
bool is_failure(Verdict verdict);

Counts count(const std::vector<ScenarioResult>& results);

// 1 with any FAIL, else 2 with any ERROR, else 3 with anything INCONCLUSIVE, else 0.
int exit_code(const Counts& counts);
int exit_code(const std::vector<ScenarioResult>& results);

// Exactly "N passed, N failed, N skipped": scripts read this line.
std::string closing_line(const Counts& counts);

// The folder of a scenario's id: "client" of "client/missed-webhooks"; "" when it has none.
std::string group_of(std::string_view scenario);

// The counts of each group, groups in the order in which they first come.
struct GroupCounts {
  std::string group;
  Counts counts;
};
std::vector<GroupCounts> count_by_group(const std::vector<ScenarioResult>& results);

}  // namespace terapi::conformance
