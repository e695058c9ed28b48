// DrawnRule: a fault or wire rule of a drawn schedule: its kind, when it strikes, and what it does,
// all of it left to chance.
//
// Values, no thread rule.
#pragma once

#include <cstdint>
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

struct DrawnRuleOptions {
  std::size_t number = 1;    // of the rule in its schedule, for its id
  std::string record;        // one that is served, for the kinds that spoil one
  bool short_waits = false;  // where time is real
  enum class When : std::uint8_t {
    kAnyTime,  // some of the events, or all, or ones that may never come
    kSoon,     // the first that there are: what it waits for comes about
    kAlways,   // all while it is in force
  };
  When when = When::kAnyTime;
};

// Kinds that are no rules give none.
DrawnRule draw_rule(FaultKind kind, const DrawnRuleOptions& options, core::Random& random);

}  // namespace terapi::conformance
