// Seeded randomness: integers only, the same on every machine.
//
// A Random is a named stream: `random.stream("delivery")` depends on the seed and the name alone,
// so one more draw here moves nothing there. `decide` is stateless: it depends on nothing but its
// arguments, for choices that neither threads nor other choices may change.
//
// Thread rule: one thread at a time for each instance; `decide` from any.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace terapi::core {

class Random {
 public:
  explicit Random(std::uint64_t seed);
  // An independent stream; the same name gives the same stream again, from its start.
  Random stream(std::string_view name) const;

  std::uint64_t next();
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  std::uint64_t seed() const { return seed_; }

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_{};
};

// A well-mixed 64-bit hash of the bytes and the seed.
std::uint64_t hash64(std::uint64_t seed, std::string_view bytes);

// True in `parts_per_million` of all (seed, rule, event), decided by them alone.
bool decide(std::uint64_t seed, std::string_view rule, std::string_view event,
            std::uint32_t parts_per_million);

}  // namespace terapi::core
