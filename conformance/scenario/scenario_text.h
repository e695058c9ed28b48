// ScenarioText: a scenario that judges a client, as the text of a file that Scenario::parse and
// ClientPlan::read take, laid out for people: a step a line, what is as usual left out.
//
//   std::string text = scenario_text(scenario, plan, {"found by chance"});
//
// Reading it gives the same plan and the same world (their texts of JSON by value). Comments,
// `generate` and the layout of a file that was read before are not kept.
//
// Pure functions, no thread rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/scenario/client_step.h"
#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

// `comment`: lines that stand above it, without their slashes.
std::string scenario_text(const Scenario& scenario, const ClientPlan& plan,
                          const std::vector<std::string>& comment = {});

// One step as JSON on one line: {"client":"starts"}.
std::string step_text(const ClientStep::What& what);

// "answer", "store call": as `kill_at` has it.
std::string_view word_of(KillAct::At at);

}  // namespace terapi::conformance
