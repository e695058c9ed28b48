#include "conformance/harness/stage/vain_waits.h"

namespace terapi::conformance {
namespace {

constexpr int kPart = 3;

}  // namespace

core::Duration VainWaits::limit(For what, core::Duration full) const {
  const std::scoped_lock lock(mutex_);
  const Kind& kind = kinds_.at(static_cast<std::size_t>(what));
  return kind.late || kind.in_vain < kEnough ? full : full / kPart;
}

void VainWaits::ended(For what, core::Duration waited, core::Duration full, bool came) {
  const std::scoped_lock lock(mutex_);
  Kind& kind = kinds_.at(static_cast<std::size_t>(what));
  if (came) {
    ++kind.came;
    kind.late = kind.late || waited >= full / kPart / 2;
  } else {
    ++kind.in_vain;
  }
}

bool VainWaits::never_speaks() const {
  const std::scoped_lock lock(mutex_);
  const Kind& kind = kinds_[static_cast<std::size_t>(For::kRequest)];
  return kind.came == 0 && kind.in_vain >= kEnough;
}

}  // namespace terapi::conformance
