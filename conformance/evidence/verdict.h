// Verdict and Finding: what the judge came to, and why. Values, no thread rule.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/history.h"
#include "core/clock.h"
#include "core/utf8.h"
#include "core/words.h"

namespace terapi::conformance {

enum class Verdict : std::uint8_t {
  kPass,
  kInfo,          // nothing is wrong; something is worth knowing
  kWarn,          // a SHOULD is not kept
  kSkip,          // not tried; `reason` says why
  kInconclusive,  // it ran, and proved nothing: a fault that never fired
  kFail,          // a MUST is not kept
  kError,         // the judge itself could not go on
};

inline constexpr auto kVerdictWords = std::to_array<core::Word<Verdict>>({
    {Verdict::kPass, "PASS"},
    {Verdict::kInfo, "INFO"},
    {Verdict::kWarn, "WARN"},
    {Verdict::kSkip, "SKIP"},
    {Verdict::kInconclusive, "INCONCLUSIVE"},
    {Verdict::kFail, "FAIL"},
    {Verdict::kError, "ERROR"},
});
// "PASS", "INFO", …
std::string_view to_string(Verdict verdict);

// The graver of the two, in the order of the enumeration.
Verdict graver(Verdict a, Verdict b);

// One thing that was noticed.
struct Finding {
  Verdict verdict = Verdict::kFail;
  std::string clause;     // "CUR-3": of the catalogue
  std::string invariant;  // "I1": lost update; empty when it comes from no invariant
  std::string what;       // one sentence: what is wrong
  std::string expected;
  std::string actual;
  std::vector<std::size_t> events{};  // the events that show it, by their numbers in the timeline
};

using core::shortened;

// What came of one scenario in one world.
struct ScenarioResult {
  std::string scenario;  // "client/missed-webhooks"
  std::string file;      // where it is written; empty: nowhere
  std::string title;
  std::string why;
  std::vector<std::string> clauses;  // that it proves
  std::string world;                 // "virtual" or "http"
  std::string subject;  // "terapi-sync", "python3 my_client.py", "http://127.0.0.1:3003"
  std::string dialect = "terapi";
  std::uint64_t seed = 1;
  Verdict verdict = Verdict::kError;  // until another one was reached
  std::string reason;                 // of a skip, an error or an inconclusive run
  std::vector<Finding> findings;
  std::vector<Event> timeline;
  core::Duration elapsed{0};  // real time
  std::string rerun;          // the one line that runs it again
  // What the subject itself printed: the end of its standard output and error. No keys.
  std::string subject_output;
};

}  // namespace terapi::conformance
