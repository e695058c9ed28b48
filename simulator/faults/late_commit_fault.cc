// {"late_commit":"10s"}: a save becomes visible so much later than it is stamped, so that it turns
// up behind cursors that were given out meanwhile: CUR-8 broken on purpose, as overlapping writers
// break it.
#include "simulator/faults/fault.h"

namespace terapi::simulator {
namespace {

class LateCommitFault final : public Fault {
 public:
  explicit LateCommitFault(core::Duration delay) : delay_(delay) {}
  void strike(StoreEffect& effect) const override { effect.late_commit = delay_; }

 private:
  core::Duration delay_;
};

}  // namespace

FaultPtr make_late_commit_fault(core::json::Fields& fields) {
  return std::make_shared<LateCommitFault>(
      fields.duration("late_commit").value_or(core::Duration(0)));
}

}  // namespace terapi::simulator
