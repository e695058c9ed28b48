// Spread: one figure that was measured several times. Pure functions.
#pragma once

#include <cstddef>
#include <vector>

namespace terapi::conformance {

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
  std::size_t rounds = 0;
  // How far the rounds lie from the median, at most, as a share of it; 0 for a single one.
  double share() const;
};

// Of one value at least.
Spread spread_of(std::vector<double> values);

// The value that `percent` of them do not exceed (nearest rank): of 10 values, p99 is the greatest.
// Of one value at least; `percent` is in (0, 100].
double percentile(std::vector<double> values, double percent);

}  // namespace terapi::conformance
