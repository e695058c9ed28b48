// {"duplicate":3}: the webhook arrives so many times, each time with the same delivery id.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

constexpr std::int64_t kMostCopies = 10'000;

class WebhookDuplicateFault final : public Fault {
 public:
  explicit WebhookDuplicateFault(int copies) : copies_(copies) {}
  void strike(WebhookEffect& effect) const override { effect.copies = copies_; }

 private:
  int copies_;
};

}  // namespace

FaultPtr make_webhook_duplicate_fault(core::json::Fields& fields) {
  return std::make_shared<WebhookDuplicateFault>(
      static_cast<int>(fields.integer("duplicate", 1, kMostCopies).value_or(1)));
}

}  // namespace terapi::simulator
