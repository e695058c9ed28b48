// Colour on a terminal: whether there is any, and the few kinds that there are. Every program asks
// here.
//
//   const bool color = color_wanted(STDOUT_FILENO);
//   std::printf("%s\n", painted(color, Paint::kGood, "PASS").c_str());
//
// Into a pipe or a file there is never any, whatever the environment says: other programs read
// those lines, and test runners set FORCE_COLOR for whatever they start. Pure, but for the first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::core {

// Whether text for this descriptor is coloured: it is a terminal, that TERM does not call dumb, and
// whose owner has not set NO_COLOR (https://no-color.org: to anything but nothing).
bool color_wanted(int descriptor);
// The same of what is known: `no_color` and `term` are the variables; null: not set.
bool color_wanted(bool terminal, const char* no_color, const char* term);

enum class Paint : std::uint8_t {
  kStrong,   // bold: what to look at first
  kDetail,   // dim
  kGood,     // green
  kWarning,  // yellow
  kBad,      // red
  kFailure,  // bold red: the verdict itself
};
// `text` in that colour, where `color`; line feeds at its end stay outside.
std::string painted(bool color, Paint paint, std::string_view text);

}  // namespace terapi::core
