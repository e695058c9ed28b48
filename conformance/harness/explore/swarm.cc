#include "conformance/harness/explore/swarm.h"

#include <array>
#include <cstdint>

namespace terapi::conformance {

Swarm::Swarm(core::Random random, bool over_http) {
  // In eighths: few kinds, some, most of them.
  static constexpr std::array<std::uint64_t, 3> kDensities = {1, 3, 6};
  const std::uint64_t density = kDensities[random.below(kDensities.size())];
  for (const auto& [kind, word, place, traits] : kFaultTable) {
    const bool on = random.below(8) < density;
    const bool loud = random.below(6) == 0;
    if (!on || (over_http && traits.in_process)) continue;
    on_.add(kind);
    for (int n = 0; n < (loud ? 5 : 1); ++n) kinds_.push_back(kind);
  }
}

}  // namespace terapi::conformance
