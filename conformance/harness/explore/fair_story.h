// FairStory: whether a scenario asks of a client no more than a right one can do
// (docs/write-a-scenario.md, "A fair scenario"): where it has to have converged, no fault is in
// force, it is alive, and it was told of what it cannot know otherwise.
//
// For schedules that were drawn, or made smaller: what is left out of a story may be what made it
// fair. Pure function, no thread rule.
#pragma once

#include <string>

#include "conformance/scenario/scenario.h"
#include "conformance/scenario/step.h"

namespace terapi::conformance {

// What is unfair about it; empty: nothing. Cautious: it knows the stories that ScheduleDraw tells,
// and may find fault with one that somebody has thought about.
std::string unfairness(const Scenario& scenario);

}  // namespace terapi::conformance
