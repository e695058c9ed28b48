// The faults of a scenario that judges clients. Pure.
#pragma once

#include <string>

namespace terapi::conformance {

// A client may ask for a page by HEAD before it reads it (REC-2). What a scenario does to a read is
// not used up by that, and does not hold back an answer that has no body: rules about requests that
// name no method strike GET alone. A list of fault rules, as JSON; anything else as it is.
std::string faults_of_reads(const std::string& rules);

}  // namespace terapi::conformance
