#include "simulator/world/delivery.h"

namespace terapi::simulator {
namespace {

constexpr std::string_view kCommit = "commit";
constexpr std::string_view kBreaker = "breaker";
constexpr std::string_view kFaultPrefix = "fault:";
constexpr std::string_view kTurnPrefix = "turn:";

}  // namespace

std::string hold_text(const Hold& hold) {
  switch (hold.reason) {
    case HeldFor::kNothing:
      break;
    case HeldFor::kCommit:
      return std::string(kCommit);
    case HeldFor::kBreaker:
      return std::string(kBreaker);
    case HeldFor::kFault:
      return std::string(kFaultPrefix) + hold.by;
    case HeldFor::kTurn:
      return std::string(kTurnPrefix) + hold.by;
  }
  return {};
}

std::optional<Hold> hold_of_text(std::string_view text) {
  if (text.empty()) return Hold{};
  if (text == kCommit) return Hold{HeldFor::kCommit, {}};
  if (text == kBreaker) return Hold{HeldFor::kBreaker, {}};
  if (text.starts_with(kTurnPrefix)) {
    return Hold{HeldFor::kTurn, std::string(text.substr(kTurnPrefix.size()))};
  }
  if (!text.starts_with(kFaultPrefix)) return std::nullopt;
  return Hold{HeldFor::kFault, std::string(text.substr(kFaultPrefix.size()))};
}

}  // namespace terapi::simulator
