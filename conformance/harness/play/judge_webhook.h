// JudgeWebhook: webhooks that the judge itself sends to the client under test: authentic ones and
// all kinds of forgeries (CLIENT-5, HOOK-2, HOOK-9). Thread rule: one thread.
#pragma once

#include <vector>

#include "conformance/harness/stage/client_stage.h"
#include "conformance/laws/findings.h"
#include "conformance/scenario/step.h"

namespace terapi::conformance {

// Sends them all at once, waits for the answers, and finds fault with those that are wrong.
void post_webhooks(const JudgeWebhook& act, ClientStage& stage, Findings& findings);

// The webhook as it is sent, to the path /webhooks.
core::Request webhook_request(const JudgeWebhook& act, const Dialect& dialect,
                              const std::string& signing_key, const std::string& secret_key,
                              core::Time now);

}  // namespace terapi::conformance
