// Shrink: a scenario that fails, made as small as it will go while it fails in the same way: fewer
// steps, faults, streams and records, smaller numbers, simpler kinds, until nothing more can be
// left out (delta debugging).
//
//   const Shrunk shrunk = shrink(text, [&](const Scenario& s) {
//     return fails_alike(s);
//   });
//
// Pure, as far as `fails` is. No thread rule.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "conformance/scenario/scenario.h"
#include "conformance/scenario/step.h"

namespace terapi::conformance {

// True when the scenario fails still, and in the same way.
using StillFails = std::function<bool(const Scenario& scenario)>;

struct Shrunk {
  std::string text;  // of the scenario's file, without layout
  std::size_t tried = 0;
  bool whole = true;  // false: `most_tries` was reached first
};

// `text`: a scenario file, which fails. Candidates that are no valid scenario are not asked about.
Shrunk shrink(const std::string& text, const StillFails& fails, std::size_t most_tries = 5'000);

}  // namespace terapi::conformance
