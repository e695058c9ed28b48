// ConsoleStyle: colours, widths and safe characters of text for a terminal. Pure functions; whether
// there is colour, core::color_wanted says.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "conformance/evidence/verdict.h"
#include "core/terminal_color.h"

namespace terapi::conformance {

class ConsoleStyle {
 public:
  explicit ConsoleStyle(bool color = false) : color_(color) {}
  std::string bold(std::string_view text) const { return paint(core::Paint::kStrong, text); }
  std::string dim(std::string_view text) const { return paint(core::Paint::kDetail, text); }
  std::string red(std::string_view text) const { return paint(core::Paint::kBad, text); }
  std::string green(std::string_view text) const { return paint(core::Paint::kGood, text); }
  std::string yellow(std::string_view text) const { return paint(core::Paint::kWarning, text); }
  // Its name, in its colour.
  std::string verdict(Verdict verdict) const;

 private:
  std::string paint(core::Paint paint, std::string_view text) const {
    return core::painted(color_, paint, text);
  }
  bool color_;
};

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
