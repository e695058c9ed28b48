// SyncMetrics: what GET /metrics says, as Prometheus text, and GET /health. Pure.
//
// /health answers 200 for as long as the process lives, with how many streams are in which state:
// a stream that has stopped needs an operator; restarting the process would not help.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/stream_sync.h"
#include "client/webhooks/webhook_receiver.h"
#include "core/clock.h"
#include "core/http_message.h"

namespace terapi::client {

struct SyncMetrics {
  std::vector<StreamProgress> streams;
  WebhookCounters webhooks;
  std::uint64_t hints_of_no_stream = 0;  // of the webhooks, those for streams that are not synced
  core::Time now{};
};

// The Prometheus text format, 0.0.4.
std::string metrics_text(const SyncMetrics& metrics);

// {"status":"ok","streams":{"syncing":0,"up_to_date":1,"retrying":0,"stopped":0}}; "degraded" with
// streams that retry, have stopped, or are up to date but for an overlap that the server refuses.
std::string health_json(const std::vector<StreamProgress>& streams);

// Answers GET and HEAD of /metrics and /health; 404 and 405 otherwise.
core::Response answer_metrics(const core::Request& request, const SyncMetrics& metrics);

}  // namespace terapi::client
