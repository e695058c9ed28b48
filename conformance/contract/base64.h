// Base64 (RFC 4648, the standard alphabet), strict: what is written otherwise than the encoder
// would write it is refused, so that every text has one spelling. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace terapi::conformance {

enum class Padding : std::uint8_t { kWith, kWithout };

std::string base64_encode(std::string_view bytes, Padding padding);
// Nothing when the text is not base64 with, or without, padding.
std::optional<std::string> base64_decode(std::string_view text, Padding padding);

}  // namespace terapi::conformance
