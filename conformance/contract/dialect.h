// Dialect: the names and formats that the judge expects on the wire, for each of the two
// vocabularies of the contract. Written here once more from the contract (META, CUR-6, HOOK-2,
// HOOK-8, HOOK-9), so that a wrong name in the simulator or a client is seen. Values, no thread
// rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
};

const Dialect& terapi_dialect();
const Dialect& nango_dialect();

// Null for an unknown name.
const Dialect* find_dialect(std::string_view name);
std::vector<std::string> dialect_names();

}  // namespace terapi::conformance
