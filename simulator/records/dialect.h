// Dialect: the vocabulary and the measured habits of the system that is simulated, as data.
//
// `terapi` is the contract. `nango` is the public system of the same design, under its own names
// and with its own behaviour where a clause marked D differs (docs/nango.md lists what). There is
// one code path; whoever needs a name or a habit looks it up here. A value.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "simulator/records/quirk.h"

namespace terapi::simulator {

// What a text has to match: as it is shown to callers, and the characters that may begin it and
// follow. An empty one is matched by any text.
struct TextPattern {
  std::string_view shown;
  std::string_view first;
  std::string_view others;
  std::size_t shortest = 1;
  bool empty() const { return shown.empty(); }
  bool matches(std::string_view text) const;
};

// How often a webhook is sent where a world does not say (HOOK-7).
struct RetryDefaults {
  int attempts;
  int first_delay_ms;
  int delay_factor;
};

struct Dialect {
  std::string_view name;

  // Names.
  std::string_view product;                 // `from` in webhook bodies
  std::string_view user_agent;              // of webhooks
  std::string_view metadata_key;            // in every record
  std::string_view hmac_header;             // HOOK-9
  std::string_view legacy_header;           // HOOK-9
  std::string_view delivery_header;         // HOOK-8
  std::string_view attempt_header;          // HOOK-8
  std::string_view connection_webhook_key;  // HOOK-1: a connection's own URL, in /connections

  // What texts in requests have to match (REC-3).
  TextPattern model;
  TextPattern variant;
  TextPattern connection_id;
  TextPattern provider_config_key;

  // Formats.
  bool cursor_is_pipes;    // "<timestamp>||<uuid>" in padded base64 (CUR-6)
  bool trims_timestamps;   // META-2: trailing zeros of the fraction are dropped
  bool next_cursor_first;  // {"next_cursor":…,"records":[…]}
  bool times_first;        // metadata begin with first_seen_at; they stand where a payload had some
  bool message_first;      // 401: {"message":…,"code":…,"payload":{}}

  // Habits.
  bool express;            // answers as Express does: HTML for what it does not know, CORS, ETags,
                           // paths in any case, 415 and bad JSON before all else
  bool zod;                // inputs are checked and complained about as zod does
  bool javascript_values;  // payloads and limits are what JavaScript makes of them (REC-10)
  bool bearer_by_split;  // AUTH-2: the key is what follows the last "Bearer "; a UUID of version 4
  bool modified_after_needs_z;   // REC-8: no offsets; compared at milliseconds
  bool exact_filter_words;       // REC-7: in lower or upper case only
  bool compares_inputs;          // META-5: what was sent last, as text, decides what is a change
  bool first_in_save_wins;       // one id twice in a save: the second is dropped
  bool delete_replaces_payload;  // META-6: with what was sent; again moves, unknown creates
  bool empty_cache_needs_reset;  // SYNC-5: opts.emptyCache alone is refused; else it only empties
  bool application_clock;        // deleted_at is of another clock, in milliseconds
  bool prune_counts_by_cursor;   // PRUNE-1: has_more unless the target was pruned last
  bool one_signing_key;          // HOOK-9: the newest key alone signs, the legacy header, too
  bool retries_only_server_errors;  // HOOK-6: 3xx and 4xx are final
  bool forwards_for_provider;       // HOOK-13: a forwarded webhook is `from` the provider
  bool urls_in_turn;                // HOOK-1: the second URL waits for the first to be done
  int redirects;                    // HOOK-6: so many are followed
  bool rate_limit_rounds_down;      // RATE-2: Retry-After

  std::chrono::minutes zone;  // META-2: the offset in which times are told
  bool quirks_on;             // those that nobody chose
  QuirkChoices choices;
  bool has(Quirk quirk) const { return choices.chosen(quirk) ? choices.on(quirk) : quirks_on; }
  // This dialect with other choices on top of its own.
  Dialect with(const QuirkChoices& more) const;
  // HOOK-7's defaults.
  const RetryDefaults& retry() const;
};

const Dialect& terapi_dialect();
const Dialect& nango_dialect();

// By the name of --dialect; code "unknown_dialect".
core::Result<const Dialect*> dialect_named(std::string_view name);
std::vector<std::string> dialect_names();

}  // namespace terapi::simulator
