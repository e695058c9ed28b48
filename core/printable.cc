#include "core/printable.h"

#include "core/utf8.h"

namespace terapi::core {
namespace {

void append_as_hex(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += kDigits[byte / 16U];
  out += kDigits[byte % 16U];
}

bool is_c0_control(char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; }

// U+0080 to U+009F, which some terminals obey, too.
bool is_c1_control(std::string_view character) {
  return character.size() == 2 && character[0] == '\xC2' &&
         static_cast<unsigned char>(character[1]) < 0xA0U;
}

}  // namespace

std::string printable(std::string_view text, LineBreaks line_breaks) {
  const bool keep = line_breaks == LineBreaks::kKeep;
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    const char last = character.back();
    const bool stays = keep && (last == '\n' || last == '\t');
    if (length == 0 || is_c1_control(character) || (is_c0_control(last) && !stays)) {
      if (!keep || !text.starts_with("\r\n")) append_as_hex(out, last);
    } else {
      out += character;
    }
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace terapi::core
