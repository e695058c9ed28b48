// Base64 (RFC 4648). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace terapi::simulator {

void append_base64(std::string& out, std::string_view bytes, bool padded);
// Either alphabet, padded or not; nothing when there is anything else in it.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace terapi::simulator
