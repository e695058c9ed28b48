#include "conformance/evidence/verdict.h"

#include <algorithm>

namespace terapi::conformance {

std::string_view to_string(Verdict verdict) { return core::word_of(kVerdictWords, verdict); }

Verdict graver(Verdict a, Verdict b) { return std::max(a, b); }

}  // namespace terapi::conformance
