// {"delay":"2s"}: the answer comes late. The request has been carried out before.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class DelayFault final : public Fault {
 public:
  explicit DelayFault(core::Duration delay) : delay_(delay) {}
  void strike(ApiEffect& effect) const override { effect.wire.delay += delay_; }

 private:
  core::Duration delay_;
};

}  // namespace

FaultPtr make_delay_fault(core::json::Fields& fields) {
  return std::make_shared<DelayFault>(fields.duration("delay").value_or(core::Duration(0)));
}

}  // namespace terapi::simulator
