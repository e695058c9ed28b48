// {"forge":"signature"} sends wrong signatures; {"forge":"body"} changes the body after signing.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class WebhookForgeFault final : public Fault {
 public:
  explicit WebhookForgeFault(bool body) : body_(body) {}
  void strike(WebhookEffect& effect) const override {
    (body_ ? effect.forge_body : effect.forge_signature) = true;
  }

 private:
  bool body_;
};

}  // namespace

FaultPtr make_webhook_forge_fault(core::json::Fields& fields) {
  return std::make_shared<WebhookForgeFault>(
      fields.choice("forge", {"signature", "body"}).value_or(0) == 1);
}

}  // namespace terapi::simulator
