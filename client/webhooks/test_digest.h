// For tests: hex digests as a sender of webhooks makes them.
#pragma once

#include <string>
#include <string_view>

#include "core/hex.h"
#include "core/hmac.h"

namespace terapi::client {

inline std::string sha256_hex(std::string_view text) { return core::hex(core::sha256(text)); }

inline std::string hmac_hex(std::string_view key, std::string_view body) {
  return core::hex(core::hmac_sha256(key, body));
}

}  // namespace terapi::client
