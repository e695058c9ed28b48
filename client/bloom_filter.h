// BloomFilter: answers "was this key added?" with "no" or "perhaps", in a fixed amount of memory.
// Saves looking up ids that are new, which is all of them in a first sync.
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

class BloomFilter {
 public:
  // 8 MiB: about 1 in 90 new ids is looked up in vain at 7 million keys, more beyond.
  static constexpr std::size_t kBits = std::size_t{1} << 26;

  void add(std::string_view key) {
    if (words_.empty()) words_.resize(kBits / 64);
    const Bits bits = bits_of(key);
    for (std::size_t i = 0; i < kWords; ++i) words_[bits.block + i] |= bits.masks[i];
  }
  bool may_hold(std::string_view key) const {
    if (words_.empty()) return false;
    const Bits bits = bits_of(key);
    std::uint64_t missing = 0;
    for (std::size_t i = 0; i < kWords; ++i) missing |= bits.masks[i] & ~words_[bits.block + i];
    return missing == 0;
  }

 private:
  // All of a key's bits stand in one block of 64 bytes, so that a look-up waits for one cache line
  // and not for six.
  static constexpr std::size_t kWords = 8;
  struct Bits {
    std::size_t block = 0;  // its first word
    std::array<std::uint64_t, kWords> masks{};
  };
  static Bits bits_of(std::string_view key) {
    constexpr std::size_t kBlocks = kBits / 64 / kWords;
    const std::uint64_t hash = core::hash64(0x1D, key);
    Bits bits;
    bits.block = static_cast<std::size_t>(hash % kBlocks) * kWords;
    // Nine bits of another hash for each of six places in the block.
    std::uint64_t places = core::hash64(0x1D2, key);
    for (int i = 0; i < 6; ++i, places >>= 9) {
      bits.masks[(places >> 6) & 7] |= std::uint64_t{1} << (places & 63);
    }
    return bits;
  }

  std::vector<std::uint64_t> words_;
};

}  // namespace terapi::client
