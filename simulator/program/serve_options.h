// What a Simulator is made with, of the flags of `terapi-simulator serve` and `exec` and of the
// files that they name.
#pragma once

#include "core/result.h"
#include "simulator/program/serve_flags.h"
#include "simulator/simulator.h"

namespace terapi::simulator {

// Codes "no_file", "bad_usage": values that are wrong, or do not go together; the message begins
// with the flag. The world's text is not read yet.
core::Result<SimulatorOptions> options_from(const ServeFlags& flags);

}  // namespace terapi::simulator
