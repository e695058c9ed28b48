// The headers by which a receiver knows that a webhook is ours (HOOK-9, HOOK-10). Pure.
#pragma once

#include <string_view>

#include "core/http_message.h"
#include "simulator/records/dialect.h"
#include "simulator/world/environment.h"

namespace terapi::simulator {

// Hex HMAC-SHA256(key, body), and the legacy hex SHA-256(secret key + body).
std::string hmac_signature(std::string_view key, std::string_view body);
std::string legacy_signature(std::string_view secret_key, std::string_view body);

// The signature headers of a webhook that is made at `now`, the same in all its attempts (HOOK-8).
// During a rotation both keys' HMACs are given, comma-separated, the newest first.
core::Headers signature_headers(const Settings& settings, const Dialect& dialect,
                                std::string_view body, Time now);

// What the Standard Webhooks specification wants of an attempt that is sent at `now` (HOOK-10): its
// own time, and a signature over that; two of them, with a space between, during a rotation. None
// unless the settings say so.
core::Headers standard_headers(const Settings& settings, const Dialect& dialect,
                               std::string_view delivery_id, std::string_view body, Time now);
// Whether `name` is one of theirs.
bool is_standard_header(std::string_view name);

}  // namespace terapi::simulator
