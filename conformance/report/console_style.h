// ConsoleStyle: colours, widths and safe characters of text for a terminal. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "conformance/evidence/verdict.h"

namespace terapi::conformance {

class ConsoleStyle {
 public:
  explicit ConsoleStyle(bool color = false) : color_(color) {}
  std::string bold(std::string_view text) const { return paint("1", text); }
  std::string dim(std::string_view text) const { return paint("2", text); }
  std::string red(std::string_view text) const { return paint("31", text); }
  std::string green(std::string_view text) const { return paint("32", text); }
  std::string yellow(std::string_view text) const { return paint("33", text); }
  // Its name, in its colour.
  std::string verdict(Verdict verdict) const;

 private:
  std::string paint(std::string_view code, std::string_view text) const;
  bool color_;
};

// Colours are for a terminal whose owner has not set NO_COLOR (https://no-color.org: not empty).
// `no_color` is that variable; null when it is not set.
bool color_wanted(bool terminal, const char* no_color);

// Columns that UTF-8 text takes, one for each code point.
std::size_t display_width(std::string_view text);
std::string pad_left(std::string_view text, std::size_t width);
std::string pad_right(std::string_view text, std::size_t width);
// At most `width` columns; "…" stands for what was cut off.
std::string shorten(std::string_view text, std::size_t width);

// Control characters, and bytes that are no UTF-8, as \x1b, so that text from outside cannot steer
// the terminal. Tabs and newlines stay; a carriage return before a newline goes.
std::string printable(std::string_view text);

// Puts `prefix` before each line, the last one also when it has no newline.
std::string indent(std::string_view text, std::string_view prefix);

}  // namespace terapi::conformance
