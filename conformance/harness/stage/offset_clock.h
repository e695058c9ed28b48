// OffsetClock: another clock's time, so much ahead or behind: a machine whose clock was set.
// Thread rule: that of the other clock.
#pragma once

#include <functional>
#include <utility>

#include "core/clock.h"

namespace terapi::conformance {

class OffsetClock final : public core::Clock {
 public:
  explicit OffsetClock(core::Clock& inner) : inner_(inner) {}
  core::Time now() const override { return inner_.now() + offset_; }
  // Timers that were set before a jump keep their distance.
  core::TimerId at(core::Time due, std::function<void()> action) override {
    return inner_.at(due - offset_, std::move(action));
  }
  bool cancel(core::TimerId timer) override { return inner_.cancel(timer); }
  void shift(core::Duration by) { offset_ += by; }

 private:
  core::Clock& inner_;
  core::Duration offset_{0};
};

}  // namespace terapi::conformance
