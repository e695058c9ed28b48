// ScenarioText: a scenario as the text of a file that Scenario::parse takes, laid out for people:
// one step per line, defaults left out.
//
//   std::string text = scenario_text(scenario, {"found by chance"});
//
// Reading it gives the same plan and the same world (JSON texts are compared by value). Comments,
// `generate` and the layout of a file that was read before are not kept.
//
// Pure functions, no thread rule.
#pragma once

#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

// `comment`: lines to put above it, without their slashes.
std::string scenario_text(const Scenario& scenario, const std::vector<std::string>& comment = {});

}  // namespace terapi::conformance
