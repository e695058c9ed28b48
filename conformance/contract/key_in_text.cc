#include "conformance/contract/key_in_text.h"

#include "core/hex.h"

namespace terapi::conformance {
namespace {

bool is_of_a_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte >= 0x80;
}

}  // namespace

SpelledCharacter percent_decoded(std::string_view text) {
  if (text.size() >= 3 && text[0] == '%') {
    const int high = core::hex_value(text[1]);
    const int low = core::hex_value(text[2]);
    if (high >= 0 && low >= 0) return {static_cast<char>(high * 16 + low), 3};
  }
  return {text.empty() ? '\0' : text[0], 1};
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t length) {
  const std::string_view after = text.substr(at + length);
  if (!after.empty() && is_of_a_word(percent_decoded(after).meant)) return false;
  if (at >= 3) {
    const SpelledCharacter before = percent_decoded(text.substr(at - 3, 3));
    if (before.length == 3) return !is_of_a_word(before.meant);
  }
  return at == 0 || !is_of_a_word(text[at - 1]);
}

bool holds_key(std::string_view text, std::string_view key) {
  if (key.empty()) return false;
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    if (key.size() >= kLeastKeyAnywhere || stands_alone(text, at, key.size())) return true;
  }
  return false;
}

}  // namespace terapi::conformance
