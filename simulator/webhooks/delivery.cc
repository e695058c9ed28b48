#include "simulator/webhooks/delivery.h"

#include <array>

namespace terapi::simulator {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"pending",   "in_flight", "held",
                                                    "delivered", "failed",    "dropped"};
constexpr std::string_view kCommit = "commit";
constexpr std::string_view kBreaker = "breaker";
constexpr std::string_view kFaultPrefix = "fault:";

}  // namespace

std::string_view delivery_state_name(DeliveryState state) {
  return kNames[static_cast<std::size_t>(state)];
}

std::optional<DeliveryState> delivery_state_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<DeliveryState>(i);
  }
  return std::nullopt;
}

std::string hold_text(const Hold& hold) {
  switch (hold.reason) {
    case HeldFor::kNothing:
      break;
    case HeldFor::kCommit:
      return std::string(kCommit);
    case HeldFor::kBreaker:
      return std::string(kBreaker);
    case HeldFor::kFault:
      return std::string(kFaultPrefix) + hold.rule;
  }
  return {};
}

std::optional<Hold> hold_of_text(std::string_view text) {
  if (text.empty()) return Hold{};
  if (text == kCommit) return Hold{HeldFor::kCommit, {}};
  if (text == kBreaker) return Hold{HeldFor::kBreaker, {}};
  if (!text.starts_with(kFaultPrefix)) return std::nullopt;
  return Hold{HeldFor::kFault, std::string(text.substr(kFaultPrefix.size()))};
}

}  // namespace terapi::simulator
