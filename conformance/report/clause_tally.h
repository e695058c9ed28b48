// ClauseTally: what a run says about one clause, from all the scenarios that prove it.
// Values and pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

struct ClauseTally {
  ClauseText clause;
  // None: no scenario of this run was about it, or it failed over other clauses before it came to
  // this one.
  std::optional<Verdict> verdict{};
  std::size_t checks = 0;  // results that judged it
  std::size_t failed = 0;  // those that say it is not kept
};

// In the order of the run's clauses; clauses that only the results name come after them.
//
// A result speaks of a clause that it lists or that one of its findings names. Where a finding
// names it, the finding decides. Where none does, a result that failed over something else says
// nothing: what it would have proved was perhaps never reached.
std::vector<ClauseTally> tally_clauses(const RunSummary& run);

}  // namespace terapi::conformance
