// The bodies of webhooks (HOOK-2, HOOK-13). Pure.
#pragma once

#include <optional>
#include <string>

#include "core/json.h"
#include "simulator/records/dialect.h"
#include "simulator/records/stream.h"
#include "simulator/world/run_facts.h"

namespace terapi::simulator {

// What a webhook tells about a run.
struct WebhookFacts {
  StreamKey stream;
  std::string sync;
  SyncType type = SyncType::kIncremental;
  RunCounts counts;
  Time modified_after;  // HOOK-3: at or before the run's first modification
  Time started_at;
  std::optional<RunError> error;
  Time ended_at;
};

// Keys in alphabetical order; the failed form when the run failed.
std::string webhook_body(const WebhookFacts& facts, const Dialect& dialect);

// HOOK-13: a connection was created.
struct AuthFacts {
  std::string environment;
  std::string integration;
  std::string provider;
  std::string connection;
};
std::string auth_body(const AuthFacts& facts, const Dialect& dialect);
// An asynchronous action has ended; its result is at `status_url`.
std::string async_action_body(const StreamKey& about, std::string_view id,
                              std::string_view status_url, const Dialect& dialect);
// What the external API, that provider's, sent for a connection, passed on; `payload` may be
// absent.
std::string forward_body(const StreamKey& about, std::string_view provider,
                         const core::json::Value& payload, const Dialect& dialect);

}  // namespace terapi::simulator
