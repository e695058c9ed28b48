// Sometimes: what a scenario says must have happened on the way, or its pass proves nothing: the
// other half of "every fault must have struck". Pure functions over the history.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/history.h"

namespace terapi::conformance {

// The words that a scenario may use: "several pages", "an empty page", "a resume", … Some take a
// client under test.
std::vector<std::string> sometimes_words(bool of_clients);

// True when the history has it; false for unknown words.
bool happened(std::string_view word, const History& history);

}  // namespace terapi::conformance
