// History: what was seen on the wire and done by the judge, in order. The evidence: every verdict
// comes from here, from the model and from dumps, never from what the simulator says of itself.
//
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"

namespace terapi::conformance {

enum class EventKind : std::uint8_t {
  kStep,           // the scenario goes on with its next step
  kRun,            // records changed on the server
  kRequest,        // the subject (or the judge, as a caller) asked
  kResponse,       // what it got; `pair` is the request
  kWebhook,        // a webhook left for the receiver
  kWebhookAnswer,  // what the receiver answered; `pair` is the webhook
  kStart,          // a process of the client under test was started
  kKill,           // it was killed by the judge
  kExit,           // it ended by itself
  kFault,          // a fault struck
  kCommit,         // the reference client's store committed (virtual world only)
  kDump,           // the client's dump was taken
  kNote,           // anything else that helps a reader
};

// "step", "run", "request", "response", "webhook", "webhook_answer", …
std::string_view to_string(EventKind kind);

struct Event {
  std::size_t number = 0;  // its place in the history, from 0
  core::Time at{};         // on the scenario's clock
  EventKind kind = EventKind::kNote;
  int life = 0;  // which process of the client, from 1; 0: none
  std::optional<std::size_t> pair{};
  std::string stream{};  // "github/demo/Issue"; empty: of none
  std::string text{};    // one line, for the reader
  // Of kFault: the id of the rule that struck. Of kKill: the moment that had been waited for
  // ("answer"), if one had.
  std::string fault{};
  bool bad = false;  // a finding points here
};

// One record as it was served.
struct Sight {
  std::string id;
  std::string cursor;
  std::string action;       // "ADDED", "UPDATED", "DELETED"
  std::size_t version = 0;  // which of the model's versions of the record; kNoVersion: none
  bool pruned = false;      // without its payload (PRUNE-1)
};
inline constexpr std::size_t kNoVersion = static_cast<std::size_t>(-1);

// One request and its answer: of the client under test, or of the judge itself.
struct Exchange {
  std::size_t request = 0;                // the event
  std::optional<std::size_t> response{};  // the event; none: never answered
  int life = 0;              // which process of the client asked; 0: nobody knows which
  bool by_judge = false;     // the judge asked, nobody that is under test
  bool for_records = false;  // GET /records
  core::Time asked_at{};
  core::Time answered_at{};
  core::Time handed_at{};  // not before this has the client all of it: a fault may hold it back
  std::string stream;
  std::optional<std::string> cursor{};  // that was asked with, decoded
  std::optional<std::string> modified_after{};
  bool restricted =
      false;  // by filter, ids or modified_after: it says nothing of what lies between
  std::uint64_t limit = 100;
  std::size_t runs = 0;  // that the model knew when it was asked
  int status = 0;        // 0: no answer, or it broke before its head
  bool is_page = false;  // its body could be read as one
  bool whole = false;    // all of the answer's bytes were handed over while the caller lived
  // The record in it that a wire rule spoilt: what stands before it was given, the rest was not.
  std::optional<std::string> poisoned{};
  bool poison_has_id = false;  // it came with its id: that can be told of it
  bool struck = false;         // a fault changed it
  // The client hung up before it had all of the answer: it has given this request up. When, nobody
  // knows: a judge that has much to do hears of it later than of the next request.
  bool hung_up = false;
  // Nobody knows whether the client has the answer: the judge was held up, and a client that waits
  // no longer than that has given the request up.
  bool in_doubt = false;
  std::uint64_t said = 0;  // how much the client had said when it asked, in bytes
  std::string error_code;  // of an answer that is an error
  std::optional<std::uint64_t> retry_after_seconds{};
  std::vector<Sight> records;
  std::optional<std::string> next_cursor{};
};

// Whether an exchange is a HEAD whose page is read by the next exchange of its stream (null: there
// is none): the two are one look, and are counted as one.
inline bool is_one_look_with(const Exchange& exchange, const Exchange* next) {
  return !exchange.for_records && next != nullptr && next->for_records &&
         next->cursor == exchange.cursor;
}

// One webhook as it reached its receiver, the client or the judge, or did not.
struct WebhookSight {
  std::size_t sent = 0;                   // the event
  std::optional<std::size_t> answered{};  // the event
  int life = 0;
  core::Time sent_at{};
  core::Time answered_at{};
  // For how long the client had no processor meanwhile, as far as is known.
  core::Duration starved{0};
  std::string stream;  // that it announces
  bool authentic = true;
  bool from_judge = false;  // judged by the step that sent it
  int status = 0;           // 0: not answered
};

class History {
 public:
  // Gives the event its number.
  std::size_t add(Event event);
  const std::vector<Event>& events() const { return events_; }
  Event& event(std::size_t number) { return events_.at(number); }

  // False: events carry no text. For runs by the thousand, of which only those that fail are
  // written out, when they are played again.
  bool told = true;

  std::vector<Exchange> exchanges;
  std::vector<WebhookSight> webhooks;

  // The events as text, a line each: the trace that is the same byte for byte when a virtual run
  // is repeated.
  std::string trace() const;

 private:
  std::vector<Event> events_;
};

}  // namespace terapi::conformance
