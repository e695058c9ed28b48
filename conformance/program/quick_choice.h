// QuickChoice: which scenarios `client --quick` plays: those that find the most for their time, by
// the kill matrix. Pure, but for costs_in_report().
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"

namespace terapi::conformance {

using Kills = std::map<std::string, std::set<std::string>>;  // by scenario: mutants

struct QuickChoice {
  std::vector<std::string> scenarios;  // the best first
  std::size_t killed = 0;              // mutants, by them
  std::size_t mutants = 0;             // that any scenario kills
  double seconds = 0;                  // one after the other
  // "21 scenarios that kill 55 of 59 mutants, in 58 s one after the other".
  std::string told() const;
};

// Again and again the one that kills the most, of those that are still alive, for its time, up to
// `budget` seconds in all. What a scenario takes that `seconds` does not name: one second.
QuickChoice choose_quick_scenarios(const Kills& kills, const std::map<std::string, double>& seconds,
                                   double budget);

// What each scenario took in a report of `client --json`; codes "no_file", "bad_file".
core::Result<std::map<std::string, double>> costs_in_report(const std::string& file);

}  // namespace terapi::conformance
