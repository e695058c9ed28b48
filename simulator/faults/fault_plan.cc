#include "simulator/faults/fault_plan.h"

#include <algorithm>
#include <utility>

namespace terapi::simulator {
namespace {

auto has_id(std::string_view id) {
  return [id](const FaultRule& rule) { return rule.id == id; };
}

}  // namespace

const FaultRule* FaultPlan::find(std::string_view id) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(), has_id(id));
  return found == rules_.end() ? nullptr : &*found;
}

void FaultPlan::put(FaultRule rule) {
  changed_ = true;
  const auto found = std::find_if(rules_.begin(), rules_.end(), has_id(rule.id));
  if (found == rules_.end()) {
    rules_.push_back(std::move(rule));
  } else {
    *found = std::move(rule);
  }
}

bool FaultPlan::remove(std::string_view id) {
  const bool removed = std::erase_if(rules_, has_id(id)) > 0;
  changed_ = changed_ || removed;
  return removed;
}

void FaultPlan::clear() {
  changed_ = true;
  rules_.clear();
}

void FaultPlan::restore_counts(std::string_view id, std::int64_t matched, std::int64_t fired) {
  const auto found = std::find_if(rules_.begin(), rules_.end(), has_id(id));
  if (found == rules_.end()) return;
  found->matched = matched;
  found->fired = fired;
}

bool FaultPlan::take_changed() { return std::exchange(changed_, false); }

}  // namespace terapi::simulator
