#include "core/random.h"

#include "core/check.h"

namespace terapi::core {
namespace {

// splitmix64 (Steele, Lea, Flood): turns any 64 bits into well-mixed ones.
std::uint64_t mix(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::uint64_t rotate_left(std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

}  // namespace

std::uint64_t hash64(std::uint64_t seed, std::string_view bytes) {
  std::uint64_t h = mix(seed ^ (bytes.size() * 0x9e3779b97f4a7c15U));
  for (std::size_t at = 0; at < bytes.size(); at += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    }
    h = mix(h ^ word);
  }
  return h;
}

bool decide(std::uint64_t seed, std::string_view rule, std::string_view event,
            std::uint32_t parts_per_million) {
  return hash64(hash64(seed, rule), event) % 1'000'000 < parts_per_million;
}

Random::Random(std::uint64_t seed) : seed_(seed) {
  std::uint64_t z = seed;
  for (std::uint64_t& word : state_) {
    z = mix(z);
    word = z;
  }
}

Random Random::stream(std::string_view name) const { return Random(hash64(seed_, name)); }

// xoshiro256** (Blackman, Vigna).
std::uint64_t Random::next() {
  const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = rotate_left(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  TERAPI_CHECK(bound > 0, "a bound of zero leaves nothing to draw");
  // Rejection keeps it exactly uniform: throws away the incomplete last block of 2^64.
  const std::uint64_t incomplete = (0 - bound) % bound;
  std::uint64_t draw = next();
  while (draw < incomplete) draw = next();
  return draw % bound;
}

}  // namespace terapi::core
