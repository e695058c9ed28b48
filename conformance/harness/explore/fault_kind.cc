#include "conformance/harness/explore/fault_kind.h"

#include <bit>

namespace terapi::conformance {
std::optional<FaultKind> kind_of_rule(std::string_view id) {
  const std::size_t dash = id.rfind('-');
  const std::string_view word = id.substr(0, dash);
  for (const FaultKindRow& row : kFaultTable) {
    if (row.word == word) return row.kind;
  }
  return std::nullopt;
}

std::optional<FaultKind> kind_of_kill(KillAct::At at) {
  switch (at) {
    case KillAct::At::kRequest:
      return FaultKind::kKillAtRequest;
    case KillAct::At::kAnswer:
      return FaultKind::kKillAtAnswer;
    case KillAct::At::kWebhookAnswered:
      return FaultKind::kKillAtWebhook;
    case KillAct::At::kStoreCall:
      return FaultKind::kKillAtStoreCall;
    case KillAct::At::kStoreCalled:
      return FaultKind::kKillAtStoreCalled;
    case KillAct::At::kNever:
      return std::nullopt;
  }
  return std::nullopt;
}

namespace {

std::optional<FaultKind> kind_of_webhook(const WebhookAct& act) {
  if (act.answer == WebhookAct::Answer::kRefused) return FaultKind::kHostileWebhook;
  if (act.type != "sync") return FaultKind::kUnknownWebhook;
  return act.times > 1 ? FaultKind::kWebhookBurst : FaultKind::kBaitWebhook;
}

std::optional<FaultKind> kind_of_act(const ClientAct& act) {
  if (act.what == ClientAct::What::kIsKilled) return FaultKind::kKill;
  if (act.what == ClientAct::What::kStops) return FaultKind::kStop;
  if (act.worker > 1) return FaultKind::kSecondWorker;
  return std::nullopt;
}

}  // namespace

std::optional<FaultKind> kind_of_step(const ClientStep::What& what) {
  if (const auto* act = std::get_if<ClientAct>(&what)) return kind_of_act(*act);
  if (const auto* act = std::get_if<WebhookAct>(&what)) return kind_of_webhook(*act);
  if (const auto* act = std::get_if<DiskAct>(&what); act != nullptr && act->full) {
    return FaultKind::kDiskFull;
  }
  if (std::holds_alternative<ClockAct>(what)) return FaultKind::kClockJump;
  if (std::holds_alternative<PruneAct>(what)) return FaultKind::kPrune;
  if (std::holds_alternative<BetweenPagesAct>(what)) return FaultKind::kBetweenPages;
  return std::nullopt;
}

std::size_t FaultKinds::size() const { return static_cast<std::size_t>(std::popcount(bits_)); }

}  // namespace terapi::conformance
