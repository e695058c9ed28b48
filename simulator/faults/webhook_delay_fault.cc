// {"delay":"10m"}: the webhook is sent so much later than it would have been.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class WebhookDelayFault final : public Fault {
 public:
  explicit WebhookDelayFault(core::Duration delay) : delay_(delay) {}
  void strike(WebhookEffect& effect) const override { effect.delay += delay_; }

 private:
  core::Duration delay_;
};

}  // namespace

FaultPtr make_webhook_delay_fault(core::json::Fields& fields) {
  return std::make_shared<WebhookDelayFault>(fields.duration("delay").value_or(core::Duration(0)));
}

}  // namespace terapi::simulator
