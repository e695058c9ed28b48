// Dialect: the client's own table of names, for Terapi and for the public system of the same
// design (docs/nango.md). Data, not a second code path.
#pragma once

#include <string_view>

namespace terapi::client {

struct Dialect {
  std::string_view name;
  std::string_view metadata_key;             // of a record's metadata (META)
  std::string_view hmac_header;              // HOOK-9: hex HMAC-SHA256 over the raw body
  std::string_view legacy_signature_header;  // HOOK-9: hex SHA-256(secret key + raw body)
  // A record's id may be a number, and is then stored as it is written. (REC-10 has strings only.)
  bool has_numeric_ids = false;
  // A cursor that the server cannot read may be answered with 500 server_error, as if the server
  // were in trouble (CUR-7 says 400 invalid_cursor).
  bool bad_cursor_is_500 = false;
  // 401 malformed_auth_header says that the server cannot look keys up just now; a header that is
  // really malformed is called something else. (AUTH-2 has it for just that.)
  bool malformed_auth_passes = false;
};

const Dialect& terapi_dialect();
const Dialect& nango_dialect();
// "terapi" or "nango"; null for any other name.
const Dialect* find_dialect(std::string_view name);

}  // namespace terapi::client
