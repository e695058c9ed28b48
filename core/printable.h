// Text from outside, for a terminal: control characters and bytes that are no UTF-8 are written
// as \x1b, so that nothing steers it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::core {

enum class LineBreaks : std::uint8_t {
  kKeep,    // line feeds and tabs stay, of CRLF the line feed
  kEscape,  // it is one line
};
std::string printable(std::string_view text, LineBreaks line_breaks);

}  // namespace terapi::core
