#include "simulator/program/gated_clock.h"

#include <utility>

namespace terapi::simulator {

GatedClock::~GatedClock() {
  for (const auto& [number, timer] : timers_) clock_.cancel(timer.inner);
}

core::TimerId GatedClock::at(core::Time due, std::function<void()> action) {
  const core::TimerId number = ++last_;
  const core::TimerId inner =
      clock_.at(due, [this, number] { gate_.enter([this, number] { run(number); }); });
  timers_.emplace(number, Timer{inner, std::move(action)});
  return number;
}

bool GatedClock::cancel(core::TimerId timer) {
  const auto found = timers_.find(timer);
  if (found == timers_.end()) return false;
  clock_.cancel(found->second.inner);  // unless it waits at the gate
  timers_.erase(found);
  return true;
}

void GatedClock::run(core::TimerId timer) {
  const auto found = timers_.find(timer);
  if (found == timers_.end()) return;
  const std::function<void()> action = std::move(found->second.action);
  timers_.erase(found);
  action();
}

}  // namespace terapi::simulator
