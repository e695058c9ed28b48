// CircuitBreaker: stops sending to a URL that keeps failing, and probes it later (HOOK-14). It only
// decides; the queue holds what has to wait, so nothing is lost.
//
// A value, driven by the times it is given.
#pragma once

#include <deque>
#include <optional>

#include "simulator/world/environment.h"

namespace terapi::simulator {

class CircuitBreaker {
 public:
  enum class Decision { kSend, kProbe, kWait };

  // May something be sent at `now`? kProbe: this one, to see whether the receiver is back; until
  // its result is told everything else waits.
  Decision ask(Time now);
  // Tells how a sent attempt ended. True when that opened or closed the breaker.
  bool succeeded();
  bool failed(const BreakerPolicy& policy, Time now);

  bool open() const { return open_until_.has_value(); }
  bool probing() const { return probing_; }
  std::optional<Time> open_until() const { return open_until_; }

  void check_invariants() const;

 private:
  std::deque<Time> failures_;
  std::optional<Time> open_until_;
  bool probing_ = false;
};

}  // namespace terapi::simulator
