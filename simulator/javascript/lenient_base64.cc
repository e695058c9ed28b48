#include "simulator/javascript/lenient_base64.h"

#include "core/base64.h"

namespace terapi::simulator {

std::string decode_lenient_base64(std::string_view text) {
  constexpr std::string_view kAlphabets =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
  std::string plain;
  plain.reserve(text.size());
  for (const char c : text.substr(0, text.find('='))) {
    if (kAlphabets.find(c) != std::string_view::npos) plain += c;
  }
  // Six bits that are over make no byte.
  if (plain.size() % 4 == 1) plain.pop_back();
  return core::decode_base64(plain).value_or("");
}

}  // namespace terapi::simulator
