// KeyInText: where a text holds a key, and where it only has the same letters. A key of a few bytes
// is a part of many a word: it counts only where it stands alone, with neither a letter nor a digit
// beside it.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace terapi::conformance {

// Bytes from which on a key counts wherever it stands.
constexpr std::size_t kLeastKeyAnywhere = 8;

// A character as it is meant, and how many bytes of the text it takes: plainly 1, as %XX 3.
struct SpelledCharacter {
  char meant;
  std::size_t length;
};
SpelledCharacter percent_decoded(std::string_view text);

// Whether neither a letter nor a digit stands beside these bytes of the text; %XX is what it means.
bool stands_alone(std::string_view text, std::size_t at, std::size_t length);

// Whether the text has the key, as it is. An empty one is in no text.
bool holds_key(std::string_view text, std::string_view key);

}  // namespace terapi::conformance
