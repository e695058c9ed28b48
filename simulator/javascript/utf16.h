// Texts as JavaScript has them: in UTF-16 code units. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace terapi::simulator {

// Bytes that are no UTF-8 become U+FFFD.
std::u16string utf16_of(std::string_view text);
// Half of a surrogate pair becomes U+FFFD.
std::string utf8_of(std::u16string_view units);

}  // namespace terapi::simulator
