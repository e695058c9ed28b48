// ScenarioCheck: everything that can be wrong with a scenario file, found without playing it.
#pragma once

#include <string>

#include "core/result.h"

namespace terapi::conformance {

// Its members, its steps, its world, its fault rules, and that the clauses and mutants that it
// names exist. Codes "no_file", "bad_scenario": a line each, with file, line and column.
core::Result<void> check_scenario_file(const std::string& file);

}  // namespace terapi::conformance
