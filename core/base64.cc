#include "core/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace terapi::core {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

// Two characters for each 12 bits: half the look-ups of one for each 6.
struct Pair {
  char text[2];
};
constexpr std::array<Pair, 4096> kPairs = [] {
  std::array<Pair, 4096> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {{kAlphabet[i >> 6], kAlphabet[i & 63]}};
  }
  return pairs;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

char* write_base64(char* to, std::string_view bytes, Padding padding) {
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) {
    const std::uint32_t group =
        byte_at(bytes, at) << 16 | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2);
    std::memcpy(to, kPairs[group >> 12].text, 2);
    std::memcpy(to + 2, kPairs[group & 0xFFF].text, 2);
    to += 4;
  }
  const std::size_t rest = bytes.size() - at;
  if (rest == 0) return to;
  const std::uint32_t group =
      byte_at(bytes, at) << 16 | (rest == 2 ? byte_at(bytes, at + 1) << 8 : 0U);
  *to++ = kAlphabet[group >> 18];
  *to++ = kAlphabet[group >> 12 & 63];
  if (rest == 2) *to++ = kAlphabet[group >> 6 & 63];
  for (std::size_t i = rest; padding == Padding::kWith && i < 3; ++i) *to++ = '=';
  return to;
}

std::string base64(std::string_view bytes, Padding padding) {
  std::string text(base64_size(bytes.size()), '\0');
  const char* end = write_base64(text.data(), bytes, padding);
  text.resize(static_cast<std::size_t>(end - text.data()));
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return out;
}

}  // namespace terapi::core
