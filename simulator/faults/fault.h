// Fault: one thing that can go wrong, and what it does to whatever it strikes.
//
// Each fault is one small file in this folder and one line in registry.cc (docs/add-a-fault.md).
// A rule (fault_rule.h) decides when it strikes; the fault itself has no state. Immutable.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/http_message.h"
#include "core/json_fields.h"

namespace terapi::simulator {

// What a fault makes of an API request.
struct ApiEffect {
  std::optional<core::Response> answer;  // given instead of the API's own
  core::WireFaults wire;                 // done to the answer on its way out
  core::Duration stale{0};               // records are shown as they were so long ago
};

// What a fault makes of one attempt to deliver a webhook.
struct WebhookEffect {
  bool drop = false;        // never arrives, and no one will try again
  int copies = 1;           // arrives so many times
  core::Duration delay{0};  // is sent so much later
  bool reorder = false;     // lets the next webhook to the same URL go first
  bool forge_signature = false;
  bool forge_body = false;
  core::Duration before_commit{0};  // is sent so long before its data can be read
};

// What a fault makes of a save.
struct StoreEffect {
  core::Duration late_commit{0};  // becomes visible so much later, at the place it was stamped with
};

class Fault {
 public:
  virtual ~Fault() = default;
  virtual void strike(ApiEffect& /*effect*/) const {}
  virtual void strike(WebhookEffect& /*effect*/) const {}
  virtual void strike(StoreEffect& /*effect*/) const {}
};
using FaultPtr = std::shared_ptr<const Fault>;

// Reads the members of a rule's `do` that are this fault's; reports what is wrong to `fields`.
using MakeFault = FaultPtr (*)(core::json::Fields& fields);

FaultPtr make_status_fault(core::json::Fields& fields);
FaultPtr make_delay_fault(core::json::Fields& fields);
FaultPtr make_reset_fault(core::json::Fields& fields);
FaultPtr make_truncate_fault(core::json::Fields& fields);
FaultPtr make_stall_fault(core::json::Fields& fields);
FaultPtr make_drip_fault(core::json::Fields& fields);
FaultPtr make_stale_fault(core::json::Fields& fields);
FaultPtr make_webhook_drop_fault(core::json::Fields& fields);
FaultPtr make_webhook_duplicate_fault(core::json::Fields& fields);
FaultPtr make_webhook_delay_fault(core::json::Fields& fields);
FaultPtr make_webhook_reorder_fault(core::json::Fields& fields);
FaultPtr make_webhook_forge_fault(core::json::Fields& fields);
FaultPtr make_webhook_before_commit_fault(core::json::Fields& fields);
FaultPtr make_late_commit_fault(core::json::Fields& fields);

}  // namespace terapi::simulator
