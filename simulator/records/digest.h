// SHA-256 and HMAC-SHA256, by OpenSSL. Pure functions over bytes.
#pragma once

#include <string>
#include <string_view>

namespace terapi::simulator {

// 32 raw bytes each.
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
// Lower-case hex.
std::string hex(std::string_view bytes);

}  // namespace terapi::simulator
