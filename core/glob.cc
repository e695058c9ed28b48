#include "core/glob.h"

namespace terapi::core {

bool glob_matches(std::string_view pattern, std::string_view text, GlobStyle style) {
  // What stands between two stars may take the first place that fits, so only the last star seen is
  // ever gone back to.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  const auto fits = [&] {
    return pattern[p] == text[t] || (style == GlobStyle::kFileName && pattern[p] == '?');
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && fits()) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace terapi::core
