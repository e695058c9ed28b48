// The faults that exist, by where they strike and the key in a rule's `do` that names them.
#pragma once

#include <vector>

#include "simulator/faults/fault_rule.h"

namespace terapi::simulator {

// Makes every fault that `fields`, a rule's `do`, names; reports an empty `do` to the rule's own.
std::vector<FaultPtr> make_faults(FaultOn on, core::json::Fields& fields,
                                  core::json::Fields& rule_fields);

}  // namespace terapi::simulator
