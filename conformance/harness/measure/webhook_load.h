// WebhookLoad: changes at an even rate, each announced by a webhook, and how long each takes until
// a client that has everything else holds it, too.
//
// Thread rule: the stage's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "conformance/harness/measure/caught_up.h"
#include "conformance/harness/measure/measuring_stage.h"
#include "core/result.h"

namespace terapi::conformance {

struct WebhookLoad {
  double changes_per_second = 1;
  std::uint64_t changes = 1;     // each of a record of its own
  std::uint64_t first_mark = 1;  // the changes are told apart by numbers from here on
  std::uint64_t record_bytes = 300;
};

struct WebhookLatencies {
  std::vector<double> milliseconds;  // one for each change, in the order of the changes
  Witness witness = Witness::kServed;
};

// The stage's client has caught up, and listens. Codes "died", "not_all_fetched", "not_all_stored",
// "bad_run", "bad_dump".
core::Result<WebhookLatencies> measure_webhooks(MeasuringStage& stage, const WebhookLoad& load);

}  // namespace terapi::conformance
