// judge_kept_connection(): asks one thing after the other on one connection (KeptConnection), with
// and without a body, right and wrong, and finds fault with answers that do not end where the next
// one begins (REC-2). Nothing but GET and HEAD is sent.
//
// Thread rule: one thread, which waits: five seconds for an answer at most.
#pragma once

#include <string>

#include "conformance/harness/play/caller.h"
#include "conformance/laws/findings.h"
#include "core/http_message.h"
#include "core/url.h"

namespace terapi::conformance {

// `records`: "/records?model=Issue", whose pages are asked for. `headers`: what a good request has.
void judge_kept_connection(const core::Url& server, const core::Headers& headers,
                           const std::string& records, const std::string& clause, Caller& caller,
                           Findings& findings);

}  // namespace terapi::conformance
