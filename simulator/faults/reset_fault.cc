// {"reset":true}: the connection is reset, and no answer comes.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class ResetFault final : public Fault {
 public:
  explicit ResetFault(bool on) : on_(on) {}
  void strike(ApiEffect& effect) const override { effect.wire.reset = on_; }

 private:
  bool on_;
};

}  // namespace

FaultPtr make_reset_fault(core::json::Fields& fields) {
  return std::make_shared<ResetFault>(fields.boolean("reset").value_or(false));
}

}  // namespace terapi::simulator
