// What every webhook has to be, whatever a scenario is about: its form, its signatures, its
// attempts, and what it says of the run that it announces (HOOK-1 to HOOK-9). Pure functions over
// what the judge's receiver saw.
//
// Thread rule: values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "conformance/laws/findings.h"
#include "conformance/laws/record_reader.h"
#include "core/clock.h"
#include "core/http_message.h"

namespace terapi::conformance {

// How far the times at which something came say when it was sent.
struct Timing {
  bool exact = true;  // the server's clock is virtual: nothing but the way itself takes time
  // So long may anything be under way, by what was measured: later by that is not too late.
  core::Duration slack{0};
  // The machine was too slow to tell late from early: why; empty: it was not.
  std::string too_slow{};
};

// One POST as it reached the receiver.
struct WebhookSeen {
  core::Request request;
  core::Time at{};
  std::size_t event = 0;
  std::string signing_key;  // in force when it came
  std::string secret_key;
  std::string path;      // that it came to
  std::string delivery;  // its id; "" if it has none
  std::optional<std::int64_t> attempt{};
  std::optional<int> answered{};  // the status that it got; none: no whole answer
  bool silent = false;            // the receiver let it wait until it timed out
  bool reset = false;             // it broke the connection, before a byte of an answer
  bool cut_off = false;  // it got a 2xx whose body broke off: taken or not, either is right
};

// One run that the judge had carried out, as the model has it.
struct RunSeen {
  std::string stream;
  std::size_t number = 0;  // of the model's runs
  std::string integration;
  std::string connection;
  RunCounts counts{};
  bool failed = false;
  bool silent = false;     // it asked not to be announced
  bool taken = false;      // the server answered that it was carried out
  std::size_t policy = 0;  // its number, of those that were in force one after the other
  std::size_t waits = 0;   // how often time had passed before it
  std::vector<std::size_t> events;
  std::vector<std::string> deliveries;  // that the server named
};

// Takes a request apart; what it lacks stays empty.
WebhookSeen webhook_of(core::Request request, core::Time at, const Dialect& dialect);

// Each by itself: method, headers, body, both signatures.
void check_webhook_form(const WebhookSeen& webhook, const Dialect& dialect, Findings& findings);
// HOOK-9 with these keys, newest first: a value for each, in this order.
void check_signed_by(const WebhookSeen& webhook, const std::vector<std::string>& keys,
                     const Dialect& dialect, Findings& findings);
// HOOK-8: all attempts of one delivery, oldest first.
void check_attempts_alike(const std::vector<const WebhookSeen*>& attempts, const Dialect& dialect,
                          Findings& findings);
// HOOK-2: what it counts is what the run did.
void check_counts(const WebhookSeen& webhook, const RunSeen& run, Findings& findings);
// HOOK-3: the records that the run changed are found from its modifiedAfter on.
void check_modified_after_covers(const WebhookSeen& webhook, const RunSeen& run,
                                 const ModelStream& stream, const Walk& walk,
                                 const Dialect& dialect, Findings& findings);
// HOOK-4: what the run changed is in this reading, which was made while the webhook waited; of each
// record as it left it, or as a later run did. `acknowledged`: the last run that the server had
// answered before it was asked: of the records in question, what that and those before it made has
// to be there, too. What was under way meanwhile may be there.
void check_readable(const WebhookSeen& webhook, std::size_t run, std::size_t acknowledged,
                    const ModelStream& stream, const Walk& walk, const Dialect& dialect,
                    Findings& findings);
// HOOK-7: the times between the arrivals of attempts. The wait between two begins after the first
// one's answer, so that the second is never early, however slow the way is. A late one is wrong
// where time is virtual, and else only worth a warning.
void check_gaps(const std::vector<const WebhookSeen*>& attempts,
                const std::vector<core::Duration>& gaps, const Timing& timing, Findings& findings);

// By delivery, in the order in which they were first seen; attempts in order.
std::vector<std::vector<const WebhookSeen*>> by_delivery(const std::vector<WebhookSeen>& seen);

}  // namespace terapi::conformance
