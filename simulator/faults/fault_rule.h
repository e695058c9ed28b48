// FaultRule: when a fault strikes — what it matches, how often — and how often it has
// (docs/faults.md). Values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_fields.h"
#include "simulator/faults/fault_effect.h"

namespace terapi::simulator {

// Something that a rule may match: its attributes ("path", "model", "connection", "delivery",
// "attempt", …) and the id by which a probability is decided.
struct FaultEvent {
  std::map<std::string, std::string, std::less<>> attributes;
  std::string id;
};

struct FaultRule {
  std::string id;
  // Attribute → pattern; "*" in a pattern stands for any text. All have to match. A slash at the
  // end of a "path" counts for nothing, there as here.
  std::map<std::string, std::string> match;
  std::vector<std::int64_t> nth;                  // strikes these matching events, counted from 1
  std::optional<std::int64_t> every;              // strikes every n-th of them
  std::optional<std::int64_t> parts_per_million;  // strikes with this probability
  std::optional<std::int64_t> times;              // strikes at most this often
  FaultEffect effect;  // what its `do` says; its alternative tells which events it is about
  std::string text;    // the rule as it was given, compact JSON

  std::int64_t matched = 0;
  std::int64_t fired = 0;
  // How often each event id has come, so that a retry of the same request is another event.
  std::map<std::string, std::uint64_t> seen;

  // Of an event of its kind: do its attributes match?
  bool matches(const FaultEvent& event) const;
  // Counts the event and says whether the rule strikes. Decided by (seed, rule id, event id) and
  // this rule's own count: never by threads or other rules.
  bool strikes(const FaultEvent& event, std::uint64_t seed);
};

// Reads one rule; reports what is wrong with it to `issues`. `fallback_id` is its id when it names
// none.
FaultRule read_fault_rule(const core::json::Value& value, const core::json::Path& path,
                          std::string_view fallback_id, core::json::Issues& issues);

// The rule as a world file has it, id included.
std::string fault_rule_text(const FaultRule& rule);
// The rule with its counts, as the control API shows it.
std::string fault_rule_json(const FaultRule& rule);

}  // namespace terapi::simulator
