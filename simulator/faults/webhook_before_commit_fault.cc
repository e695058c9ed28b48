// {"before_commit":true}: the webhook is sent a second (or the duration given instead of true)
// before the data that it announces can be read: HOOK-4 broken on purpose.
#include "core/duration.h"
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class WebhookBeforeCommitFault final : public Fault {
 public:
  explicit WebhookBeforeCommitFault(core::Duration gap) : gap_(gap) {}
  void strike(WebhookEffect& effect) const override { effect.before_commit = gap_; }

 private:
  core::Duration gap_;
};

}  // namespace

FaultPtr make_webhook_before_commit_fault(core::json::Fields& fields) {
  core::Duration gap = std::chrono::seconds(1);
  const core::json::Value value = fields.any("before_commit");
  if (value.is_string()) {
    gap = fields.duration("before_commit").value_or(gap);
  } else if (!fields.boolean("before_commit").value_or(false)) {
    gap = core::Duration(0);
  }
  return std::make_shared<WebhookBeforeCommitFault>(gap);
}

}  // namespace terapi::simulator
