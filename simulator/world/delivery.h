// Delivery: one webhook on its way to one URL, with every attempt made (HOOK-8, HOOK-11). A value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/http_message.h"
#include "core/words.h"
#include "simulator/faults/fault_effect.h"
#include "simulator/world/environment.h"

namespace terapi::simulator {

enum class DeliveryState : std::uint8_t {
  kPending,    // an attempt is due at next_attempt_at
  kInFlight,   // an attempt is under way
  kHeld,       // waits for what Delivery::held says
  kDelivered,  // a 2xx answer came
  kFailed,     // given up after the last attempt; can be sent again (HOOK-12)
  kDropped,    // lost on purpose, by a fault
};
inline constexpr auto kDeliveryStateWords = std::to_array<core::Word<DeliveryState>>({
    {DeliveryState::kPending, "pending"},
    {DeliveryState::kInFlight, "in_flight"},
    {DeliveryState::kHeld, "held"},
    {DeliveryState::kDelivered, "delivered"},
    {DeliveryState::kFailed, "failed"},
    {DeliveryState::kDropped, "dropped"},
});

struct Attempt {
  int number = 1;  // X-Terapi-Attempt
  Time at;         // when it was sent, on the simulator's clock
  Duration duration{0};
  int status = 0;             // 0: no answer
  std::string error;          // why there was none: "timeout", "connection_refused", …
  std::string response_body;  // its first bytes
  std::string fault;          // the id of the fault rule that shaped it, if any
  std::optional<Time> next_attempt_at;
  core::Headers response_headers{};  // the first ones
  core::Headers headers{};           // the request's that are this attempt's alone (HOOK-10)
  bool succeeded() const { return status >= 200 && status < 300; }
};

// What fault rules have decided about the next attempt.
struct AttemptPlan {
  bool decided = false;
  WebhookEffect effect;  // what is still to be done: copies and forgeries, which are stored
  std::string fault;     // the ids of the rules
};

// Why a delivery is held.
enum class HeldFor : std::uint8_t {
  kNothing,  // it is not
  kCommit,   // until its data can be read (HOOK-4)
  kBreaker,  // until the receiver is tried again (HOOK-14)
  kFault,    // until another one to the same URL has gone
  kTurn,     // until the one to the first URL is done, where URLs are called in turn (HOOK-1)
};
struct Hold {
  HeldFor reason = HeldFor::kNothing;
  std::string by;  // kFault: the ids of its rules; kTurn: the other delivery's
};
// "", "commit", "breaker", "fault:RULE", "turn:DELIVERY": how it is served and stored.
std::string hold_text(const Hold& hold);
std::optional<Hold> hold_of_text(std::string_view text);

struct Delivery {
  std::string id;            // X-Terapi-Delivery: the same for each attempt
  std::uint64_t number = 0;  // in order of creation
  std::string environment;
  std::string url;
  std::string type = "sync";
  StreamKey stream;  // what it is about; empty for webhooks of no stream
  std::string run_id;
  std::string body;       // the same bytes in each attempt
  core::Headers headers;  // signatures, the same in each attempt
  Time created_at;
  DeliveryState state = DeliveryState::kPending;
  std::optional<Time> next_attempt_at;
  int attempts_made = 0;  // since it was created, or sent again by hand: the backoff's base
  std::vector<Attempt> attempts;
  AttemptPlan plan;
  Hold held;
  std::string settled_by_fault;  // the fault that dropped it, if one did
  std::uint64_t operation = 0;   // its id in the log

  bool finished() const {
    return state == DeliveryState::kDelivered || state == DeliveryState::kFailed ||
           state == DeliveryState::kDropped;
  }
};

}  // namespace terapi::simulator
