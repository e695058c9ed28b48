// {"stale":"5s"}: GET /records answers as it would have so long ago, as a lagging replica does.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class StaleFault final : public Fault {
 public:
  explicit StaleFault(core::Duration age) : age_(age) {}
  void strike(ApiEffect& effect) const override { effect.stale = age_; }

 private:
  core::Duration age_;
};

}  // namespace

FaultPtr make_stale_fault(core::json::Fields& fields) {
  return std::make_shared<StaleFault>(fields.duration("stale").value_or(core::Duration(0)));
}

}  // namespace terapi::simulator
