// BareReader: how fast the stage's server can be read at all: GET after GET from the first page to
// the last over one connection, on a thread of its own, by somebody who only looks for the next
// cursor. It is what no client can be much faster than here.
//
// Thread rule: the stage's thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "conformance/harness/measure/measuring_stage.h"
#include "core/result.h"

namespace terapi::conformance {

struct BareReading {
  std::chrono::duration<double> took{0};
  std::uint64_t bytes = 0;
};

// Codes "cannot_read" and those of the transport.
core::Result<BareReading> read_bare(MeasuringStage& stage, std::uint64_t limit,
                                    core::Duration time_limit);

}  // namespace terapi::conformance
