// The lists of client mutants, one for each file of this folder; client_mutants() joins them.
#pragma once

#include <vector>

#include "conformance/harness/mutants/client_mutant.h"

namespace terapi::conformance {

// Of those that only a scenario of level SHOULD shows.
inline constexpr std::string_view kOnlyShould =
    "what is drawn is judged by what every client must do";

std::vector<ClientMutant> cursor_mutants();    // where and when the cursor is stored
std::vector<ClientMutant> paging_mutants();    // what is asked for, and when it is the end
std::vector<ClientMutant> record_mutants();    // what becomes of a record
std::vector<ClientMutant> patience_mutants();  // errors, waits and polls
std::vector<ClientMutant> webhook_mutants();   // what a webhook is taken for

}  // namespace terapi::conformance
