// {"stall":"30s"}: the answer begins, stops half-way through its body, and goes on so much later.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class StallFault final : public Fault {
 public:
  explicit StallFault(core::Duration stall) : stall_(stall) {}
  void strike(ApiEffect& effect) const override { effect.wire.stall += stall_; }

 private:
  core::Duration stall_;
};

}  // namespace

FaultPtr make_stall_fault(core::json::Fields& fields) {
  return std::make_shared<StallFault>(fields.duration("stall").value_or(core::Duration(0)));
}

}  // namespace terapi::simulator
