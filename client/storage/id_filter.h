// IdFilter: "was this key added?", answered with "no" or "perhaps", in a fixed amount of memory (a
// Bloom filter). Saves the look-up of ids that are new, which is all of them in a first sync.
//
// Thread rule: a value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/random.h"

namespace terapi::client {

class IdFilter {
 public:
  // 8 MiB: about 1 in 100 new ids is looked up in vain at 7 million keys, more beyond.
  static constexpr std::size_t kBits = std::size_t{1} << 26;

  void add(std::string_view key) {
    if (words_.empty()) words_.resize(kBits / 64);
    for (const std::uint64_t bit : bits_of(key)) words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  bool may_hold(std::string_view key) const {
    if (words_.empty()) return false;
    for (const std::uint64_t bit : bits_of(key)) {
      if ((words_[bit / 64] >> (bit % 64) & 1) == 0) return false;
    }
    return true;
  }

 private:
  // Six bits from two halves of one hash.
  static std::array<std::uint64_t, 6> bits_of(std::string_view key) {
    const std::uint64_t hash = core::hash64(0x1D, key);
    const std::uint64_t step = (hash >> 32) | 1;
    std::array<std::uint64_t, 6> bits{};
    for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = (hash + i * step) % kBits;
    return bits;
  }

  std::vector<std::uint64_t> words_;
};

}  // namespace terapi::client
