// FaultKind: what may go wrong, or otherwise happen to a client, in a schedule drawn by chance.
// The id of a fault or wire rule begins with its kind's word ("reset-2"), so that a file, a
// timeline and the coverage table name things alike.
//
// Values, no thread rule.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conformance/scenario/step.h"

namespace terapi::conformance {

enum class FaultKind : std::uint8_t {
  // Of the API.
  kServerError,
  kRateLimited,
  kRetryAfterZero,
  kUnauthorized,
  kBadRequest,
  kInvalidCursor,
  kRedirect,
  kNoPage,
  kDelay,
  kReset,
  kTruncate,
  kStall,
  kStale,
  // Of webhooks.
  kWebhookDrop,
  kWebhookDuplicate,
  kWebhookDelay,
  kWebhookReorder,
  kWebhookForge,
  kWebhookEarly,
  kLateCommit,
  // What the judge does to answers.
  kEmptyPage,
  kPoison,
  kOddCursors,
  kBrokenGzip,
  kTooLong,
  kExtraFields,
  // What the judge sends itself.
  kHostileWebhook,
  kUnknownWebhook,
  kBaitWebhook,
  kWebhookBurst,
  // What happens to the process.
  kKill,
  kKillAtRequest,
  kKillAtAnswer,
  kKillAtWebhook,
  kKillAtStoreCall,
  kKillAtStoreCalled,
  kStop,
  kSecondWorker,
  // What happens to the world.
  kClockJump,
  kDiskFull,
  kPrune,
  kBetweenPages,
  kRateLimit,
  kByteBudget,
};
inline constexpr std::size_t kFaultKinds = static_cast<std::size_t>(FaultKind::kByteBudget) + 1;

// "server-error", "reset", …
std::string_view word_of(FaultKind kind);
// Of a rule's id: "reset-2" is a reset. None: the rule is not one of ours.
std::optional<FaultKind> kind_of_rule(std::string_view id);
// Of a step that does something to the client by itself; none: it does not.
std::optional<FaultKind> kind_of_step(const Step::What& what);
std::optional<FaultKind> kind_of_kill(KillStep::At at);

// A set of kinds.
class FaultKinds {
 public:
  bool has(FaultKind kind) const { return bits_ >> static_cast<unsigned>(kind) & 1U; }
  void add(FaultKind kind) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(kind); }
  void remove(FaultKind kind) { bits_ &= ~(std::uint64_t{1} << static_cast<unsigned>(kind)); }
  bool empty() const { return bits_ == 0; }
  std::size_t size() const;

 private:
  static_assert(kFaultKinds <= 64);
  std::uint64_t bits_ = 0;
};

}  // namespace terapi::conformance
