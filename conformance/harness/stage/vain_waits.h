// VainWaits: what a run has learnt of how long its client takes. A client that fails is waited for
// in each scenario, up to the limit, although nothing ever comes; after a few of those the limit is
// a third. It never judges a client that has not failed several times already, and one that came
// late once is given the full time for ever.
//
// Thread rule: any thread.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include "core/clock.h"

namespace terapi::conformance {

class VainWaits {
 public:
  enum class For { kRequest, kFetch, kStore, kBackoff };

  core::Duration limit(For what, core::Duration full) const;
  // The wait has ended, after so long, of a limit that would be `full`; did it come?
  void ended(For what, core::Duration waited, core::Duration full, bool came);
  // It has never asked for anything, in as many scenarios as are enough to know.
  bool never_speaks() const;

  static constexpr std::size_t kEnough = 4;

 private:
  struct Kind {
    std::size_t in_vain = 0;
    std::size_t came = 0;
    bool late = false;  // once, at least
  };
  mutable std::mutex mutex_;
  std::array<Kind, 4> kinds_{};
};

}  // namespace terapi::conformance
