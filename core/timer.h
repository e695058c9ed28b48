// Timer: one thing that a clock is to do later. Setting it again replaces what it was set to do;
// destroying it cancels that.
//
//   Timer retry(clock);
//   retry.set(100ms, [this] { try_again(); });
//
// Thread rule: the clock's. The clock has to outlive it.
#pragma once

#include <functional>
#include <utility>

#include "core/clock.h"

namespace terapi::core {

class Timer {
 public:
  explicit Timer(Clock& clock) : clock_(clock) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void set(Duration delay, std::function<void()> action) {
    cancel();
    id_ = clock_.at(clock_.now() + delay, [this, action = std::move(action)] {
      id_ = 0;
      action();
    });
  }
  void cancel() {
    if (id_ != 0) clock_.cancel(std::exchange(id_, 0));
  }
  bool is_set() const { return id_ != 0; }

 private:
  Clock& clock_;
  TimerId id_ = 0;
};

}  // namespace terapi::core
