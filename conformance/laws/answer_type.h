// What an answer says that its body is. Pure.
#pragma once

#include <string>

#include "conformance/laws/findings.h"
#include "conformance/laws/server_caller.h"

namespace terapi::conformance {

// Warns where an answer whose body is JSON says that it is something else. No clause names the
// header, but there are clients that look at it before they read.
void notice_type(const Answer& answer, const std::string& clause, Findings& findings);

}  // namespace terapi::conformance
