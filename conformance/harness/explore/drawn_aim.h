// DrawnAim: what a schedule is to try for certain: a kind of fault, at a moment of the client's
// loop, with quiet afterwards, so that nothing else makes good what went wrong. Left to chance,
// most such cells would be met once in thousands of seeds: a story whose records go on changing
// hides what a client missed.
//
// The aims of consecutive seeds go through all cells, each in turn, in an order of their own for
// each round: none is aimed at twice before all have been. What a seed aims at hangs on the seed
// alone.
//
// Values, no thread rule.
#pragma once

#include <cstdint>
#include <vector>

#include "conformance/harness/explore/fault_kind.h"

namespace terapi::conformance {

struct DrawnAim {
  enum class Moment : std::uint8_t {
    kFirst,    // it asks from the beginning, and holds nothing
    kAgain,    // it asks from the beginning, and holds everything
    kResume,   // it asks for what changed
    kNext,     // it asks for one of many pages
    kAnyTime,  // of kinds that are an episode of their own
  };
  FaultKind kind = FaultKind::kReset;
  Moment moment = Moment::kAnyTime;
  std::uint8_t variant = 0;  // of a kind that comes in several: the n-th
  // It strikes again and again, for as long as only the patient bear.
  bool lasts = false;

  bool operator==(const DrawnAim&) const = default;
};

// Webhooks that have to be refused, and ones that have to be accepted, come in so many variants.
inline constexpr std::uint8_t kHostileVariants = 9;
inline constexpr std::uint8_t kUnknownVariants = 4;

// All there are.
const std::vector<DrawnAim>& drawn_aims();
DrawnAim drawn_aim(std::uint64_t seed);

}  // namespace terapi::conformance
