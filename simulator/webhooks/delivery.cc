#include "simulator/webhooks/delivery.h"

#include <array>

namespace terapi::simulator {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"pending",   "in_flight", "held",
                                                    "delivered", "failed",    "dropped"};

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

}  // namespace terapi::simulator
