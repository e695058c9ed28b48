// SHA-256 and HMAC-SHA256, by OpenSSL. What is signed, and with which key, is for those who sign.
//
//   core::hex(core::hmac_sha256(key, body))
//
// Thread rule: any. Each thread keeps the state of the keys that it used last, since a thread signs
// with the same key again and again, and preparing one takes longer than signing a webhook.
#pragma once

#include <string>
#include <string_view>

namespace terapi::core {

// 32 bytes each.
std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);

// Compares secrets in a time that does not depend on where they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace terapi::core
