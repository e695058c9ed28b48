#include "core/terminal_color.h"

#include <unistd.h>

#include <cstdlib>

namespace terapi::core {
namespace {

std::string_view code_of(Paint paint) {
  switch (paint) {
    case Paint::kStrong:
      return "1";
    case Paint::kDetail:
      return "2";
    case Paint::kGood:
      return "32";
    case Paint::kWarning:
      return "33";
    case Paint::kBad:
      return "31";
    case Paint::kFailure:
      return "1;31";
  }
  return "0";
}

}  // namespace

bool color_wanted(int descriptor) {
  return color_wanted(::isatty(descriptor) == 1, std::getenv("NO_COLOR"), std::getenv("TERM"));
}

bool color_wanted(bool terminal, const char* no_color, const char* term) {
  if (!terminal || (no_color != nullptr && *no_color != '\0')) return false;
  return term == nullptr || std::string_view(term) != "dumb";
}

std::string painted(bool color, Paint paint, std::string_view text) {
  const std::size_t last = text.find_last_not_of('\n');
  if (!color || last == std::string_view::npos) return std::string(text);
  std::string out = "\x1b[";
  out += code_of(paint);
  out += 'm';
  out += text.substr(0, last + 1);
  out += "\x1b[0m";
  out += text.substr(last + 1);
  return out;
}

}  // namespace terapi::core
