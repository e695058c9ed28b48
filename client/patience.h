// Patience: whether a stream has been failing for longer than it may (SyncOptions::give_up).
//
// Thread rule: the clock's.
#pragma once

#include "core/timer.h"

namespace terapi::client {

class Patience {
 public:
  // A limit of zero: it never ends.
  Patience(core::Clock& clock, core::Duration limit) : timer_(clock), limit_(limit) {}

  // The time runs from the first failure, by a timer, since the time of day may jump.
  void on_failure() {
    if (limit_.count() == 0 || over_ || timer_.is_set()) return;
    timer_.set(limit_, [this] { over_ = true; });
  }
  void on_success() {
    timer_.cancel();
    over_ = false;
  }
  bool is_over() const { return over_; }

 private:
  core::Timer timer_;
  core::Duration limit_;
  bool over_ = false;
};

}  // namespace terapi::client
