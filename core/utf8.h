// UTF-8 (RFC 3629): checking and writing. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::core {

// Bytes of the well-formed sequence that `text` begins with (1 to 4), or 0 if it is not one:
// overlong forms, surrogates and what lies beyond U+10FFFF are refused.
std::size_t utf8_sequence_length(std::string_view text);
bool is_utf8(std::string_view text);
// The text with U+FFFD in place of each byte that is not UTF-8: for messages.
std::string as_utf8(std::string_view text);
void append_utf8(std::string& out, std::uint32_t code_point);

// For messages: the text, or about its first `most` bytes, "…" and how many bytes there are in all;
// never cut in the middle of a character.
std::string shortened(std::string_view text, std::size_t most = 160);

}  // namespace terapi::core
