#include "simulator/program/event_gate.h"

#include <ctime>
#include <utility>

#include "core/breather.h"

namespace terapi::simulator {

namespace {

using Moment = std::chrono::steady_clock::time_point;

// Asked for at each breath: to some milliseconds, where that is cheaper.
Moment rough_now() {
#ifdef CLOCK_MONOTONIC_COARSE
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return Moment(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
#else
  return std::chrono::steady_clock::now();
#endif
}

}  // namespace

void EventGate::enter(std::function<void()> event) {
  if (is_closed_) return;
  waiting_.push_back(std::move(event));
  let_in_soon();
}

std::function<void(std::function<void()>)> EventGate::door() const {
  return [self = self_](std::function<void()> event) {
    if (*self != nullptr) (*self)->enter(std::move(event));
  };
}

void EventGate::set_on_long(std::function<void()> begins, std::function<void()> ends) {
  long_begins_ = std::move(begins);
  long_ends_ = std::move(ends);
}

void EventGate::close() {
  is_closed_ = true;
  *self_ = nullptr;
  // What is dropped may bring something else here.
  std::exchange(waiting_, {}).clear();
}

// Posted, and not done at once: the loop goes on within the event, and must not do so within a
// callback of a socket.
void EventGate::let_in_soon() {
  if (std::exchange(is_let_in_soon_, true)) return;
  loop_.post([self = self_] {
    if (*self != nullptr) (*self)->let_in_one();
  });
}

// One at a time, so that the loop has its turn between two.
void EventGate::let_in_one() {
  {
    const std::function<void()> event = std::move(waiting_.front());
    waiting_.pop_front();
    turn_began_ = rough_now();
    const core::Breather breather([this] { breathe(); });
    event();
  }
  if (std::exchange(is_long_, false) && long_ends_) long_ends_();
  is_let_in_soon_ = false;
  if (!waiting_.empty()) let_in_soon();
}

void EventGate::breathe() {
  if (rough_now() - turn_began_ < turn_) return;
  if (!std::exchange(is_long_, true) && long_begins_) long_begins_();
  loop_.poll_within();
  turn_began_ = rough_now();
}

}  // namespace terapi::simulator
