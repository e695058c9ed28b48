// Whole numbers in texts. Pure.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace terapi::core {

// The number that the whole text is, in decimal digits, after a '-' for types that have a sign;
// nothing for any other text, or when it does not fit.
template <std::integral Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace terapi::core
