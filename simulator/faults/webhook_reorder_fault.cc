// {"reorder":true}: the webhook waits until the next one to the same URL has gone, or for at most
// a minute when none follows.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class WebhookReorderFault final : public Fault {
 public:
  explicit WebhookReorderFault(bool on) : on_(on) {}
  void strike(WebhookEffect& effect) const override { effect.reorder = on_; }

 private:
  bool on_;
};

}  // namespace

FaultPtr make_webhook_reorder_fault(core::json::Fields& fields) {
  return std::make_shared<WebhookReorderFault>(fields.boolean("reorder").value_or(false));
}

}  // namespace terapi::simulator
