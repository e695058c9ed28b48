// {"drop":true}: the webhook is lost: it never arrives and no one tries again.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class WebhookDropFault final : public Fault {
 public:
  explicit WebhookDropFault(bool on) : on_(on) {}
  void strike(WebhookEffect& effect) const override { effect.drop = on_; }

 private:
  bool on_;
};

}  // namespace

FaultPtr make_webhook_drop_fault(core::json::Fields& fields) {
  return std::make_shared<WebhookDropFault>(fields.boolean("drop").value_or(false));
}

}  // namespace terapi::simulator
