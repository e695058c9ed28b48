// The signatures of a webhook (HOOK-9), made and verified by the judge; and a forgery of the legacy
// one, which shows why a receiver must not rely on it. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::conformance {

// Lower-case hex of HMAC-SHA256(key, body).
std::string hmac_sha256_hex(std::string_view key, std::string_view body);
// Lower-case hex of SHA-256(secret + body).
std::string legacy_signature_hex(std::string_view secret, std::string_view body);

// The values of a header that may hold several, comma-separated, without blanks around them; empty
// ones are left out.
std::vector<std::string> signature_values(std::string_view header_value);
// True when one of the values is the body's HMAC under one of the keys; hex digits in any case.
bool hmac_header_verifies(std::string_view header_value, const std::vector<std::string>& keys,
                          std::string_view body);

// A webhook that nobody with the key has signed.
struct Forgery {
  std::string body;
  std::string signature;  // hex
};

// Extends a body whose legacy signature is known: the result's signature verifies under the secret,
// of which only the length is known. The body is known_body, SHA-256's padding, suffix; so it is
// no JSON text, unless the receiver stops reading early. Code "bad_signature" if the known one is
// not 64 hex digits.
core::Result<Forgery> legacy_length_extended(std::size_t secret_length,
                                             std::string_view known_signature,
                                             std::string_view known_body, std::string_view suffix);

}  // namespace terapi::conformance
