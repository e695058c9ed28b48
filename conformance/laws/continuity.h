// Continuity: what may change in a list between two full readings of it (CUR-8): whatever is new
// stands behind everything that was there. Pure.
#pragma once

#include "conformance/laws/record_reader.h"

namespace terapi::conformance {

void check_continuity(const Walk& earlier, const Walk& later, const Dialect& dialect,
                      Findings& findings);

}  // namespace terapi::conformance
