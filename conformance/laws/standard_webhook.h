// Standard Webhooks (HOOK-10): the three headers that a server may send beside its own, so that
// receivers can verify with a library. Pure functions over what the judge's receiver saw; webhooks
// without any of the headers are passed over.
//
// Thread rule: values.
#pragma once

#include <vector>

#include "conformance/laws/findings.h"
#include "conformance/laws/webhook_laws.h"

namespace terapi::conformance {

// All three are there, and one of the signatures is that of id, timestamp and body.
void check_standard_webhook(const WebhookSeen& webhook, Findings& findings);
// Of the attempts of one delivery, oldest first: one id; and the timestamps are the attempts' own.
// Only the time between two attempts is looked at, since the server's clock is its own.
void check_standard_attempts(const std::vector<const WebhookSeen*>& attempts, Findings& findings);

}  // namespace terapi::conformance
