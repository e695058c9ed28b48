// Base64 (RFC 4648). Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace terapi::simulator {

// Writes at most base64_size(bytes.size()) characters and returns where they end.
char* write_base64(char* to, std::string_view bytes, bool padded);
constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }
void append_base64(std::string& out, std::string_view bytes, bool padded);
// Either alphabet, padded or not; nothing when there is anything else in it.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace terapi::simulator
