// SimulatorClock: the time of a simulator: the machine's, or virtual time, which the control API
// moves. Made of either kind of clock, by itself. A value; the clock has to outlive it.
#pragma once

#include "core/clock.h"

namespace terapi::simulator {

struct SimulatorClock {
  SimulatorClock(core::Clock& given) : clock(given) {}  // NOLINT(google-explicit-constructor)
  SimulatorClock(core::VirtualClock& given)             // NOLINT(google-explicit-constructor)
      : clock(given), virtual_clock(&given) {}

  core::Clock& clock;
  core::VirtualClock* virtual_clock = nullptr;  // null on the machine's time
};

}  // namespace terapi::simulator
