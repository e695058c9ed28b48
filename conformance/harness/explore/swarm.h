// Swarm: which kinds of faults a seed has, and more of which: few, some, or most of them, so that
// rare combinations come about (swarm testing).
//
// A value, no thread rule.
#pragma once

#include <optional>
#include <vector>

#include "conformance/harness/explore/fault_kind.h"
#include "core/random.h"

namespace terapi::conformance {

class Swarm {
 public:
  // `over_http`: without kinds that only happen to a client in this process.
  Swarm(core::Random random, bool over_http);

  bool on(FaultKind kind) const { return on_.has(kind); }
  // One of those that fit, or none.
  template <typename Fits>
  std::optional<FaultKind> pick(core::Random& random, Fits fits) const {
    std::vector<FaultKind> fitting;
    for (const FaultKind kind : kinds_) {
      if (fits(kind)) fitting.push_back(kind);
    }
    if (fitting.empty()) return std::nullopt;
    return fitting[random.below(fitting.size())];
  }

 private:
  FaultKinds on_;
  std::vector<FaultKind> kinds_;  // one of which there is more as often as that
};

}  // namespace terapi::conformance
