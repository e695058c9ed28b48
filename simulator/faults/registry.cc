#include "simulator/faults/registry.h"

#include <array>

namespace terapi::simulator {
namespace {

struct Entry {
  FaultOn on;
  std::string_view key;
  MakeFault make;
};

constexpr std::array kFaults = {
    Entry{FaultOn::kApi, "status", make_status_fault},
    Entry{FaultOn::kApi, "delay", make_delay_fault},
    Entry{FaultOn::kApi, "reset", make_reset_fault},
    Entry{FaultOn::kApi, "truncate_after", make_truncate_fault},
    Entry{FaultOn::kApi, "stall", make_stall_fault},
    Entry{FaultOn::kApi, "drip", make_drip_fault},
    Entry{FaultOn::kApi, "stale", make_stale_fault},
    Entry{FaultOn::kWebhook, "drop", make_webhook_drop_fault},
    Entry{FaultOn::kWebhook, "duplicate", make_webhook_duplicate_fault},
    Entry{FaultOn::kWebhook, "delay", make_webhook_delay_fault},
    Entry{FaultOn::kWebhook, "reorder", make_webhook_reorder_fault},
    Entry{FaultOn::kWebhook, "forge", make_webhook_forge_fault},
    Entry{FaultOn::kWebhook, "before_commit", make_webhook_before_commit_fault},
    Entry{FaultOn::kStore, "late_commit", make_late_commit_fault},
};

}  // namespace

std::vector<FaultPtr> make_faults(FaultOn on, core::json::Fields& fields,
                                  core::json::Fields& rule_fields) {
  std::vector<FaultPtr> faults;
  std::string known;
  for (const Entry& entry : kFaults) {
    if (entry.on != on) continue;
    known += (known.empty() ? "" : ", ") + std::string(entry.key);
    if (fields.has(entry.key)) faults.push_back(entry.make(fields));
  }
  if (faults.empty()) {
    rule_fields.report("do", "required", "the rule does nothing; expected one of " + known);
  }
  return faults;
}

}  // namespace terapi::simulator
