// Dialect: the vocabulary and the measured habits of the system that is simulated, as data.
//
// `terapi` is the contract. `nango` is the public system of the same design, under its own names
// and with its own behaviour where a clause marked D differs (docs/nango.md lists what). There is
// one code path; whoever needs a name or a habit looks it up here. Immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::simulator {

struct Dialect {
  std::string_view name;

  // Names.
  std::string_view product;          // `from` in webhook bodies, the user agent
  std::string_view metadata_key;     // in every record
  std::string_view hmac_header;      // HOOK-9
  std::string_view legacy_header;    // HOOK-9
  std::string_view delivery_header;  // HOOK-8
  std::string_view attempt_header;   // HOOK-8

  // HOOK-1: a connection's own URL, in /connections.
  std::string_view connection_webhook_key;

  // Formats.
  bool cursor_is_pipes;    // "<timestamp>||<uuid>" in padded base64 (CUR-6)
  bool trims_timestamps;   // META-2: trailing zeros of the fraction are dropped
  bool next_cursor_first;  // {"next_cursor":…,"records":[…]}
  bool error_payload;      // authentication errors carry "payload":{}

  // Habits.
  bool keys_are_uuids;              // AUTH-2: a key that is not one gets an error of its own
  bool bad_cursor_is_500;           // CUR-7
  bool filter_loses_deleted;        // REC-7: mixed filters drop `deleted`; repeated words drop all
  bool fraction_limit_ends_paging;  // REC-5: limits are JavaScript numbers; 1.5 gives 2 and null
  bool modified_after_needs_z;      // REC-8: no offsets; compared at milliseconds
  bool key_order_is_a_change;       // META-5: compares text, not values
  bool delete_replaces_payload;  // META-6: the payload becomes {id}; again moves, unknown creates
  bool same_after_prune_stays;   // PRUNE-2: saving the same payload again moves nothing
  bool empty_cache_needs_reset;  // SYNC-5: opts.emptyCache alone is refused; else it only empties
  bool one_signing_key;          // HOOK-9: the newest key alone signs, the legacy header, too
  bool retries_only_server_errors;  // HOOK-6: 3xx and 4xx are final
  int attempts;                     // HOOK-7's defaults
  int first_delay_ms;
  int delay_factor;
};

const Dialect& terapi_dialect();
const Dialect& nango_dialect();

// By the name of --dialect; code "unknown_dialect".
core::Result<const Dialect*> dialect_named(std::string_view name);
std::vector<std::string> dialect_names();

}  // namespace terapi::simulator
