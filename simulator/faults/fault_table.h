// The faults that exist: for each kind of event the words that a rule's `do` may hold, and how each
// is read into the rule's effect (docs/add-a-fault.md). Immutable.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_fields.h"
#include "core/words.h"
#include "simulator/faults/fault_effect.h"

namespace terapi::simulator {

// What a rule's `on` says, and the effect, still none, of a rule about such events.
enum class FaultOn : std::uint8_t { kApi, kWebhook, kStore, kUpstream };
inline constexpr auto kFaultOnWords =
    std::to_array<core::Word<FaultOn>>({{FaultOn::kApi, "api"},
                                        {FaultOn::kWebhook, "webhook"},
                                        {FaultOn::kStore, "store"},
                                        {FaultOn::kUpstream, "upstream"}});
FaultEffect no_effect_on(FaultOn event);

// What rules with that kind of effect may match.
std::span<const std::string_view> fault_attributes(const FaultEffect& effect);

// Reads a rule's `do` into its effect; reports an empty `do` to the rule's own fields.
void read_fault_effect(FaultEffect& effect, core::json::Fields& fields,
                       core::json::Fields& rule_fields);

// Every fault, for whoever lists them: its event, its word, and what it does.
struct FaultDoc {
  std::string_view on;
  std::string_view word;
  std::string_view doc;
};
std::vector<FaultDoc> all_faults();

}  // namespace terapi::simulator
