// FaultKind: what may go wrong, or otherwise happen to a client, in a schedule drawn by chance, and
// the table that says of each kind where it strikes and what follows from it.
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
  kBackgroundRun,
  kRunFails,
};
inline constexpr std::size_t kFaultKinds = static_cast<std::size_t>(FaultKind::kRunFails) + 1;

// Where a kind strikes, and so who brings it about.
enum class FaultPlace : std::uint8_t {
  kApi,       // a fault rule on "api"
  kWebhook,   // a fault rule on "webhook"
  kStore,     // a fault rule on "store"
  kWire,      // a wire rule: the judge changes the API's answer
  kJudge,     // a webhook that the judge sends
  kProcess,   // the client's process
  kWorld,     // the clock, the disk, the records, the API's limits
  kUpstream,  // a fault rule on "upstream"
};

// What the drawing of schedules has to know about a kind. A new kind is a line in the table below;
// nothing depends on where in it.
struct FaultTraits {
  bool by_status = false;     // of the API: somebody in front of it answers
  bool stops_client = false;  // rightly, so it is an episode of its own
  bool loses_hints = false;   // what a webhook announces may pass unnoticed
  // Data that comes to light after later data would come behind a cursor (CUR-8): alone it may be
  // as late as it likes.
  bool comes_late = false;
  bool in_process = false;  // not where the client is a program
  bool disturbs = false;    // happens between two steps of a story
};

struct FaultKindRow {
  FaultKind kind;
  std::string_view word;  // of the ids of its rules, and in reports
  FaultPlace place;
  FaultTraits traits;
};

inline constexpr std::array<FaultKindRow, kFaultKinds> kFaultTable = {{
    {FaultKind::kServerError, "server-error", FaultPlace::kApi, {.by_status = true}},
    {FaultKind::kRateLimited, "rate-limited", FaultPlace::kApi, {.by_status = true}},
    {FaultKind::kRetryAfterZero, "retry-after-zero", FaultPlace::kApi, {.by_status = true}},
    {FaultKind::kUnauthorized,
     "unauthorized",
     FaultPlace::kApi,
     {.by_status = true, .stops_client = true}},
    {FaultKind::kBadRequest,
     "bad-request",
     FaultPlace::kApi,
     {.by_status = true, .stops_client = true}},
    {FaultKind::kInvalidCursor, "invalid-cursor", FaultPlace::kApi, {.by_status = true}},
    {FaultKind::kRedirect, "redirect", FaultPlace::kApi, {.by_status = true, .stops_client = true}},
    {FaultKind::kNoPage, "no-page", FaultPlace::kApi, {.by_status = true}},
    {FaultKind::kDelay, "delay", FaultPlace::kApi, {}},
    {FaultKind::kReset, "reset", FaultPlace::kApi, {}},
    {FaultKind::kTruncate, "truncate", FaultPlace::kApi, {}},
    {FaultKind::kStall, "stall", FaultPlace::kApi, {}},
    {FaultKind::kStale, "stale", FaultPlace::kApi, {.loses_hints = true}},
    {FaultKind::kWebhookDrop, "webhook-drop", FaultPlace::kWebhook, {.loses_hints = true}},
    {FaultKind::kWebhookDuplicate, "webhook-double", FaultPlace::kWebhook, {.loses_hints = true}},
    {FaultKind::kWebhookDelay, "webhook-delay", FaultPlace::kWebhook, {.loses_hints = true}},
    {FaultKind::kWebhookReorder, "webhook-reorder", FaultPlace::kWebhook, {.loses_hints = true}},
    {FaultKind::kWebhookForge, "webhook-forge", FaultPlace::kWebhook, {.loses_hints = true}},
    {FaultKind::kWebhookEarly,
     "webhook-early",
     FaultPlace::kWebhook,
     {.loses_hints = true, .comes_late = true}},
    {FaultKind::kLateCommit, "late-commit", FaultPlace::kStore, {.comes_late = true}},
    {FaultKind::kEmptyPage, "empty-page", FaultPlace::kWire, {}},
    {FaultKind::kPoison, "poison", FaultPlace::kWire, {.stops_client = true}},
    {FaultKind::kOddCursors, "odd-cursors", FaultPlace::kWire, {}},
    {FaultKind::kBrokenGzip, "broken-gzip", FaultPlace::kWire, {}},
    {FaultKind::kTooLong, "too-long", FaultPlace::kWire, {}},
    {FaultKind::kExtraFields, "extra-fields", FaultPlace::kWire, {}},
    {FaultKind::kHostileWebhook, "hostile-webhook", FaultPlace::kJudge, {.loses_hints = true}},
    {FaultKind::kUnknownWebhook, "unknown-webhook", FaultPlace::kJudge, {}},
    {FaultKind::kBaitWebhook, "bait-webhook", FaultPlace::kJudge, {}},
    {FaultKind::kWebhookBurst, "webhook-burst", FaultPlace::kJudge, {}},
    {FaultKind::kKill, "kill", FaultPlace::kProcess, {.disturbs = true}},
    {FaultKind::kKillAtRequest, "kill-at-request", FaultPlace::kProcess, {.disturbs = true}},
    {FaultKind::kKillAtAnswer, "kill-at-answer", FaultPlace::kProcess, {.disturbs = true}},
    {FaultKind::kKillAtWebhook, "kill-at-webhook", FaultPlace::kProcess, {.disturbs = true}},
    {FaultKind::kKillAtStoreCall,
     "kill-before-store",
     FaultPlace::kProcess,
     {.in_process = true, .disturbs = true}},
    {FaultKind::kKillAtStoreCalled,
     "kill-after-store",
     FaultPlace::kProcess,
     {.in_process = true, .disturbs = true}},
    {FaultKind::kStop, "stop", FaultPlace::kProcess, {.disturbs = true}},
    {FaultKind::kSecondWorker, "second-worker", FaultPlace::kProcess, {.in_process = true}},
    {FaultKind::kClockJump, "clock-jump", FaultPlace::kWorld, {.disturbs = true}},
    {FaultKind::kDiskFull, "disk-full", FaultPlace::kWorld, {.in_process = true, .disturbs = true}},
    {FaultKind::kPrune, "prune", FaultPlace::kWorld, {}},
    {FaultKind::kBetweenPages, "between-pages", FaultPlace::kWorld, {.disturbs = true}},
    {FaultKind::kRateLimit, "rate-limit", FaultPlace::kWorld, {}},
    {FaultKind::kByteBudget, "byte-budget", FaultPlace::kWorld, {}},
    {FaultKind::kBackgroundRun, "background-run", FaultPlace::kWorld, {}},
    {FaultKind::kRunFails, "run-fails", FaultPlace::kUpstream, {}},
}};
static_assert(
    [] {
      for (std::size_t i = 0; i < kFaultKinds; ++i) {
        if (kFaultTable[i].kind != static_cast<FaultKind>(i)) return false;
      }
      return true;
    }(),
    "the table has the kinds in the order of the enum");

constexpr const FaultKindRow& row_of(FaultKind kind) {
  return kFaultTable[static_cast<std::size_t>(kind)];
}
constexpr std::string_view word_of(FaultKind kind) { return row_of(kind).word; }
constexpr FaultPlace place_of(FaultKind kind) { return row_of(kind).place; }
constexpr const FaultTraits& traits_of(FaultKind kind) { return row_of(kind).traits; }

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
