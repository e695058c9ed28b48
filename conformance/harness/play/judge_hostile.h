// judge_hostile(): sends hostile requests and finds fault with what the server makes of them
// (ERR-2): each has to be refused, by an answer of 4xx or by hanging up, and others have to be
// answered as ever, meanwhile and afterwards.
//
// Thread rule: one thread, which waits: twenty seconds at most, and a few more where a server
// answers nobody.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "conformance/harness/play/caller.h"
#include "conformance/harness/play/hostile_request.h"
#include "conformance/laws/findings.h"

namespace terapi::conformance {

struct HostileJudgement {
  bool answers = true;     // others; else there is no point in going on
  std::string unproven{};  // why it shows nothing; empty: it does
};

// `status`: the only answer that does.
HostileJudgement judge_hostile(const HostileRequest& request, std::optional<std::int64_t> status,
                               const std::string& clause, Caller& caller, Findings& findings);

}  // namespace terapi::conformance
