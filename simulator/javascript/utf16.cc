#include "simulator/javascript/utf16.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/utf8.h"

namespace terapi::simulator {

std::u16string utf16_of(std::string_view text) {
  std::u16string units;
  units.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = core::utf8_sequence_length(text);
    std::uint32_t point = 0xFFFD;
    if (size == 1) point = static_cast<unsigned char>(text[0]);
    if (size > 1) {
      point = static_cast<unsigned char>(text[0]) & (0x7FU >> size);
      for (std::size_t i = 1; i < size; ++i) {
        point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
      }
    }
    if (point > 0xFFFF) {
      units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10));
      units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF));
    } else {
      units += static_cast<char16_t>(point);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return units;
}

std::string utf8_of(std::u16string_view units) {
  std::string text;
  for (std::size_t i = 0; i < units.size(); ++i) {
    std::uint32_t point = units[i];
    const bool pair = point >= 0xD800 && point < 0xDC00 && i + 1 < units.size() &&
                      units[i + 1] >= 0xDC00 && units[i + 1] < 0xE000;
    if (pair) point = 0x10000 + ((point - 0xD800) << 10) + (units[++i] - 0xDC00U);
    core::append_utf8(text, point >= 0xD800 && point < 0xE000 ? 0xFFFD : point);
  }
  return text;
}

}  // namespace terapi::simulator
