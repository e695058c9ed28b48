#include "simulator/faults/fault_plan.h"

#include <utility>

namespace terapi::simulator {
const FaultRule* FaultPlan::find(std::string_view id) const {
  const auto found = place_of_.find(id);
  return found == place_of_.end() ? nullptr : &rules_[found->second];
}

FaultRule* FaultPlan::find_rule(std::string_view id) {
  const auto found = place_of_.find(id);
  return found == place_of_.end() ? nullptr : &rules_[found->second];
}

void FaultPlan::put(FaultRule rule) {
  changed_ = true;
  if (FaultRule* const found = find_rule(rule.id)) {
    *found = std::move(rule);
    return;
  }
  place_of_.emplace(rule.id, rules_.size());
  rules_.push_back(std::move(rule));
}

bool FaultPlan::remove(std::string_view id) {
  const auto found = place_of_.find(id);
  if (found == place_of_.end()) return false;
  changed_ = true;
  rules_.erase(rules_.begin() + static_cast<std::ptrdiff_t>(found->second));
  place_of_.clear();
  for (std::size_t i = 0; i < rules_.size(); ++i) place_of_.emplace(rules_[i].id, i);
  return true;
}

void FaultPlan::clear() {
  changed_ = true;
  rules_.clear();
  place_of_.clear();
}

void FaultPlan::restore_counts(std::string_view id, std::int64_t matched, std::int64_t fired) {
  FaultRule* const found = find_rule(id);
  if (found == nullptr) return;
  found->matched = matched;
  found->fired = fired;
}

bool FaultPlan::take_changed() { return std::exchange(changed_, false); }

}  // namespace terapi::simulator
