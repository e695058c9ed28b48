// Base64 (RFC 4648). Writes the standard alphabet; reads leniently. Whoever must recognise other
// spellings encodes the decoded bytes again and compares. Pure functions.
//
//   core::base64("fo", core::Padding::kWith)   // "Zm8="
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace terapi::core {

enum class Padding : std::uint8_t { kWith, kWithout };

std::string base64(std::string_view bytes, Padding padding);

// Writes at most base64_size(bytes.size()) characters and returns where they end.
char* write_base64(char* to, std::string_view bytes, Padding padding);
constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

// Either alphabet, padded or not; nothing when there is anything else in it.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace terapi::core
