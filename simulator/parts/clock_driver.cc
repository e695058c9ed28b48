#include "simulator/parts/clock_driver.h"

#include <algorithm>
#include <utility>

namespace terapi::simulator {

void ClockDriver::advance_to(Time to, std::function<void()> done) {
  jobs_.push_back({to, false, std::move(done)});
  step();
}

void ClockDriver::run_until_idle(Time limit, std::function<void()> done) {
  jobs_.push_back({limit, true, std::move(done)});
  step();
}

bool ClockDriver::finish_idle_on_system_clock() {
  if (jobs_.empty()) return false;
  if (webhooks_.in_flight() + webhooks_.waiting() > 0) return false;
  if (runner_.busy() || actions_.busy()) return false;
  const Job job = std::move(jobs_.front());
  jobs_.pop_front();
  job.done();
  return true;
}

// Goes on in another turn where this one has taken its time.
bool ClockDriver::gives_way() {
  if (!turns_.is_over || !turns_.is_over()) return false;
  waits_for_turn_ = true;
  turns_.go_on([this] {
    waits_for_turn_ = false;
    step();
  });
  return true;
}

void ClockDriver::step() {
  if (stepping_ || waits_for_turn_) return;
  stepping_ = true;
  if (turns_.begin) turns_.begin();
  if (clock_ == nullptr) {
    while (finish_idle_on_system_clock()) {
    }
    stepping_ = false;
    return;
  }
  while (!gives_way()) {
    if (clock_->run_next(clock_->now())) continue;  // due already: needs no time to pass
    if (jobs_.empty() || webhooks_.in_flight() > 0) break;
    const bool idle = jobs_.front().until_idle && clock_->pending() <= engine_.recurring();
    if (!idle && clock_->run_next(jobs_.front().to)) continue;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    if (!job.until_idle) clock_->set(std::max(clock_->now(), job.to));
    job.done();
  }
  stepping_ = false;
}

}  // namespace terapi::simulator
