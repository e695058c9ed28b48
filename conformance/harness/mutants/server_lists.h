// The lists of server mutants, one for each file of this folder; server_mutants() joins them.
#pragma once

#include <vector>

#include "conformance/harness/mutants/server_mutant.h"

namespace terapi::conformance {

std::vector<ServerMutant> order_mutants();     // which record comes where in the stream
std::vector<ServerMutant> query_mutants();     // what a request is taken for
std::vector<ServerMutant> page_mutants();      // what an answer says
std::vector<ServerMutant> run_mutants();       // what a change of records does
std::vector<ServerMutant> delivery_mutants();  // webhooks on their way
std::vector<ServerMutant> sync_mutants();      // syncs in the background, and writing back

}  // namespace terapi::conformance
