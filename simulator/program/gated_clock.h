// GatedClock: another clock, whose timers enter a simulator through its gate. One that is cancelled
// while it waits there does not run.
//
// Thread rule: the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "core/clock.h"
#include "simulator/program/event_gate.h"

namespace terapi::simulator {

class GatedClock final : public core::Clock {
 public:
  // Both have to outlive it.
  GatedClock(core::Clock& clock, EventGate& gate) : clock_(clock), gate_(gate) {}
  ~GatedClock() override;
  GatedClock(const GatedClock&) = delete;
  GatedClock& operator=(const GatedClock&) = delete;

  core::Time now() const override { return clock_.now(); }
  core::TimerId at(core::Time due, std::function<void()> action) override;
  bool cancel(core::TimerId timer) override;

 private:
  struct Timer {
    core::TimerId inner = 0;
    std::function<void()> action;
  };
  void run(core::TimerId timer);

  core::Clock& clock_;
  EventGate& gate_;
  std::unordered_map<core::TimerId, Timer> timers_;
  core::TimerId last_ = 0;
};

}  // namespace terapi::simulator
