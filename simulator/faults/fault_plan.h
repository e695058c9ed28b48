// FaultPlan: the fault rules in force, asked at each event. A value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/faults/fault_rule.h"

namespace terapi::simulator {

class FaultPlan {
 public:
  const std::vector<FaultRule>& rules() const { return rules_; }
  const FaultRule* find(std::string_view id) const;
  // Adds the rule, or replaces the one of that id (its counts start again at 0).
  void put(FaultRule rule);
  bool remove(std::string_view id);
  void clear();
  // Sets a stored rule's counts.
  void restore_counts(std::string_view id, std::int64_t matched, std::int64_t fired);

  // Adds to `effect` what each rule does that strikes this event; returns the ids of those rules,
  // comma-separated.
  template <typename Effect>
  std::string strike(const FaultEvent& event, std::uint64_t seed, Effect& effect) {
    std::string struck;
    for (FaultRule& rule : rules_) {
      const Effect* const its = std::get_if<Effect>(&rule.effect);
      if (its == nullptr || !rule.matches(event)) continue;
      changed_ = true;
      if (!rule.strikes(event, seed)) continue;
      effect.add(*its);
      struck += (struck.empty() ? "" : ",") + rule.id;
    }
    return struck;
  }

  bool empty() const { return rules_.empty(); }
  // True once after something changed: what storage asks.
  bool take_changed();

 private:
  FaultRule* find_rule(std::string_view id);

  std::vector<FaultRule> rules_;
  std::map<std::string, std::size_t, std::less<>> place_of_;  // by id
  bool changed_ = false;
};

}  // namespace terapi::simulator
