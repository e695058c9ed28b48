// The body of a sync webhook (HOOK-2). Pure.
#pragma once

#include <optional>
#include <string>

#include "simulator/engine/run_facts.h"
#include "simulator/records/dialect.h"
#include "simulator/records/stream.h"

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

}  // namespace terapi::simulator
