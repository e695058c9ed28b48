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

std::optional<FaultKind> kind_of_kill(KillStep::At at) {
  switch (at) {
    case KillStep::At::kRequest:
      return FaultKind::kKillAtRequest;
    case KillStep::At::kAnswer:
      return FaultKind::kKillAtAnswer;
    case KillStep::At::kWebhookAnswered:
      return FaultKind::kKillAtWebhook;
    case KillStep::At::kStoreCall:
      return FaultKind::kKillAtStoreCall;
    case KillStep::At::kStoreCalled:
      return FaultKind::kKillAtStoreCalled;
    case KillStep::At::kNever:
      return std::nullopt;
  }
  return std::nullopt;
}

namespace {

std::optional<FaultKind> kind_of_webhook(const JudgeWebhook& act) {
  if (act.answer == JudgeWebhook::Answer::kRefused) return FaultKind::kHostileWebhook;
  if (act.type != "sync") return FaultKind::kUnknownWebhook;
  return act.times > 1 ? FaultKind::kWebhookBurst : FaultKind::kBaitWebhook;
}

std::optional<FaultKind> kind_of_act(const ProcessStep& act) {
  if (act.what == ProcessStep::What::kIsKilled) return FaultKind::kKill;
  if (act.what == ProcessStep::What::kStops) return FaultKind::kStop;
  if (act.worker > 1) return FaultKind::kSecondWorker;
  return std::nullopt;
}

}  // namespace

std::optional<FaultKind> kind_of_step(const Step::What& what) {
  if (const auto* act = std::get_if<ProcessStep>(&what)) return kind_of_act(*act);
  if (const auto* act = std::get_if<WebhookStep>(&what)) return kind_of_webhook(act->webhook);
  if (const auto* act = std::get_if<DiskStep>(&what); act != nullptr && act->full) {
    return FaultKind::kDiskFull;
  }
  if (std::holds_alternative<ClockStep>(what)) return FaultKind::kClockJump;
  if (std::holds_alternative<UpstreamStep>(what)) return FaultKind::kBackgroundRun;
  if (std::holds_alternative<PruneStep>(what)) return FaultKind::kPrune;
  if (std::holds_alternative<BetweenPagesStep>(what)) return FaultKind::kBetweenPages;
  return std::nullopt;
}

std::size_t FaultKinds::size() const { return static_cast<std::size_t>(std::popcount(bits_)); }

}  // namespace terapi::conformance
