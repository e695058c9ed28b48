// DrawnRule: a fault or wire rule of a drawn schedule: its kind, when it strikes, and what it does,
// all of it left to chance.
//
// Values, no thread rule.
#pragma once

#include <string>
#include <vector>

#include "conformance/harness/explore/fault_kind.h"
#include "conformance/scenario/step.h"
#include "core/random.h"

namespace terapi::conformance {

struct DrawnRule {
  FaultKind kind = FaultKind::kReset;
  std::string text;              // of a fault rule; empty: it is a wire rule
  WireRule wire;                 // else
  core::Duration retry_after{};  // that it asks for; 0: for none
};

// `number`: of the rule in its schedule, for its id. Kinds that are no rules give none.
// `record`: one that is served, for the kinds that spoil one. `short_waits`: where time is real.
DrawnRule draw_rule(FaultKind kind, std::size_t number, const std::string& record, bool short_waits,
                    core::Random& random);

}  // namespace terapi::conformance
