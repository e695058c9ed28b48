#include "conformance/contract/stored_gzip.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace terapi::conformance {
namespace {

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

void append_little_endian(std::string& out, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((number >> (8 * i)) & 0xFFU);
}

}  // namespace

std::string stored_gzip(std::string_view text) {
  constexpr std::size_t kMostOfABlock = 0xFFFF;
  std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
  std::size_t at = 0;
  do {
    const std::string_view block = text.substr(at, kMostOfABlock);
    at += block.size();
    out += at == text.size() ? '\x01' : '\x00';  // the last one?
    append_little_endian(out, block.size(), 2);
    append_little_endian(out, ~static_cast<std::uint64_t>(block.size()), 2);
    out += block;
  } while (at < text.size());
  append_little_endian(out, crc32(text), 4);
  append_little_endian(out, text.size(), 4);
  return out;
}

}  // namespace terapi::conformance
