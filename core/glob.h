// Globs: patterns in which * stands for any text, including none. The whole text has to match.
// Pure.
//
//   glob_matches("client/*crash*", "client/crash-at-commit")
#pragma once

#include <string_view>

namespace terapi::core {

// In file-name style, ? stands for any one character, too.
enum class GlobStyle { kStarOnly, kFileName };

// Takes time of at most pattern × text, whatever the pattern.
bool glob_matches(std::string_view pattern, std::string_view text,
                  GlobStyle style = GlobStyle::kStarOnly);

}  // namespace terapi::core
