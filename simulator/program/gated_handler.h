// A handler of requests for a simulator behind a gate: what needs no state is answered at once,
// everything else is an event.
#pragma once

#include "core/transport.h"
#include "simulator/program/event_gate.h"
#include "simulator/simulator.h"

namespace terapi::simulator {

// Both have to outlive it.
core::Handler gated_handler(Simulator& simulator, EventGate& gate);

}  // namespace terapi::simulator
