// Hexadecimal text. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace terapi::core {

// Of a digit in either case; -1 for any other character.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Lower case, two digits for each byte.
std::string hex(std::string_view bytes);
// The bytes of such a text, in either case; nothing when it is not one.
std::optional<std::string> parse_hex(std::string_view text);

}  // namespace terapi::core
