#include "conformance/evidence/verdict.h"

#include <algorithm>

namespace terapi::conformance {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "PASS";
    case Verdict::kInfo:
      return "INFO";
    case Verdict::kWarn:
      return "WARN";
    case Verdict::kSkip:
      return "SKIP";
    case Verdict::kInconclusive:
      return "INCONCLUSIVE";
    case Verdict::kFail:
      return "FAIL";
    case Verdict::kError:
      return "ERROR";
  }
  return "";
}

Verdict graver(Verdict a, Verdict b) { return std::max(a, b); }

}  // namespace terapi::conformance
