// Dialect: the names and formats that the judge expects on the wire, for each of the two
// vocabularies of the contract, and the habits that it knows of whoever speaks it. Written here
// once more from the contract (META, CUR-6, HOOK-2, HOOK-8, HOOK-9), so that a wrong name in the
// simulator or a client is seen. Values, no thread rule.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"

namespace terapi::conformance {

// How a cursor is spelled.
enum class CursorFormat : std::uint8_t {
  kCreatedAtCaret,  // unpadded base64 of created_at^<timestamp>|id^<uuid>
  kDoubleBar,       // padded base64 of <timestamp>||<uuid>
};

// How a timestamp is spelled in a record's metadata.
enum class TimestampFormat : std::uint8_t {
  kSixDigitsUtc,  // always six digits of fraction, always +00:00
  kTrimmed,       // no zeros at the fraction's end, no fraction if it is zero, any offset
};

// What a system that speaks a dialect is known to do otherwise than the contract says, without harm
// to a client that knows it (docs/nango.md): nothing of it fails a run of that dialect. Where two
// answers are possible, both pass, so that a server that does as the contract says is right, too.
// What does harm is no habit: it is found, and listed in scenarios/known-failing/.
struct Habits {
  // META-6, META-4: deleted_at is told by another clock than last_modified_at, and first_seen_at of
  // what was deleted may be later.
  bool tells_deletions_by_another_clock = false;
  // META-6: a deletion puts {id} in place of the payload, moves a record that is deleted already,
  // and makes one of an id that was never seen.
  bool deletes_whatever_it_is_told = false;
  // META-5: what is sent is compared with what was sent last, as texts of JavaScript: another order
  // of keys is a change, and so is a merge that changes nothing; one that was sent before is none.
  // Of an id that one save has twice, the first counts.
  bool compares_inputs = false;
  // REC-10: payloads go through JavaScript: numbers are doubles, keys may come in another order.
  bool speaks_javascript = false;
  // REC-5: `limit` is what JavaScript makes a number of: 1e3, +5, 0x10.
  bool reads_limits_as_javascript = false;
  // REC-8: modified_after may be refused unless it ends with Z, and may count in milliseconds.
  bool asks_for_times_with_z = false;
  // REC-7: words of a filter may be refused unless they are all lower or all upper case.
  bool takes_filter_words_in_one_case = false;
  // REC-9: what a filter returns is judged by itself; together with other restrictions it has to be
  // that, and no more is asked of it there.
  bool filters_are_judged_apart = false;
  // CUR-7: base64 is read as Node.js does, whatever stands between its characters; the highest UUID
  // of a position has to be one that RFC 9562 knows a version of.
  bool reads_cursors_as_node = false;
  // AUTH-2: the key is what stands behind the last "Bearer ", and has to be a UUID. In which words
  // another one is refused is not the contract's.
  bool takes_the_key_from_behind_bearer = false;
  // PRUNE-1, ERR-1: a body that is no JSON is invalid_json; numbers in one are coerced.
  bool coerces_bodies = false;
  // RATE-1, ERR-1: the error of a 429 has no message, and Retry-After is rounded down, to 0 at
  // last.
  bool rounds_waits_down = false;
  // HOOK-9: one signature, also while the key changes.
  bool signs_once = false;
  // HOOK-6: what answers 3xx or 4xx need not be tried again.
  bool takes_refusals_for_an_answer = false;
  // HOOK-1: a second URL may be called when the first one has answered or is given up.
  bool calls_urls_in_turn = false;
  // ERR-2: a wrong path or method is 404 and a page of HTML, and OPTIONS a browser's preflight.
  bool refuses_in_html = false;
  // ERR-2: a body that is announced larger than all bounds need not be refused: it may be waited
  // for, as long as others are answered.
  bool waits_for_giant_bodies = false;
};

// HOOK-7, where a world does not say otherwise.
struct RetryHabit {
  std::size_t attempts;
  core::Duration first_delay;
};

struct Dialect {
  std::string_view name;          // as --dialect spells it
  std::string_view metadata_key;  // the member of a record
  std::string_view hmac_header;
  std::string_view legacy_signature_header;
  std::string_view delivery_header;
  std::string_view attempt_header;
  std::string_view from;  // the webhook body's member `from`
  // Which key makes the legacy signature: the one that signs, or the secret key (HOOK-9).
  bool legacy_by_signing_key;
  CursorFormat cursor_format;
  TimestampFormat timestamp_format;
  // The start of every cursor of this century, as fault rules match it.
  std::string_view any_cursor;
  // The member `quirks` of a world whose server does nothing of what such systems are known to do
  // wrong: for whoever looks for what nobody knows. Empty: there is no such thing.
  std::string_view no_quirks;
  RetryHabit retry;
  Habits habits{};
};

const Dialect& terapi_dialect();
const Dialect& nango_dialect();

// Null for an unknown name.
const Dialect* find_dialect(std::string_view name);
std::vector<std::string> dialect_names();

}  // namespace terapi::conformance
