#include "conformance/evidence/verdict.h"

#include <algorithm>
#include <array>

#include "core/words.h"

namespace terapi::conformance {
namespace {

constexpr auto kVerdictWords = std::to_array<core::Word<Verdict>>({
    {Verdict::kPass, "PASS"},
    {Verdict::kInfo, "INFO"},
    {Verdict::kWarn, "WARN"},
    {Verdict::kSkip, "SKIP"},
    {Verdict::kInconclusive, "INCONCLUSIVE"},
    {Verdict::kFail, "FAIL"},
    {Verdict::kError, "ERROR"},
});

}  // namespace

std::string_view to_string(Verdict verdict) { return core::word_of(kVerdictWords, verdict); }

Verdict graver(Verdict a, Verdict b) { return std::max(a, b); }

}  // namespace terapi::conformance
