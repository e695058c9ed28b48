// Slowness: how much of the time this process did not get, or did not get round to its event loop:
// measured by a timer that looks at how late it is itself. What is waited for with a limit may take
// longer by that, and on a machine that was too slow nobody is told that he was too late.
//
//   Slowness slowness(loop.clock());
//   const core::Time began = clock.now();
//   const core::Duration lost = slowness.lost();
//   while (!done() && clock.now() - began < limit + (slowness.lost() - lost)) …
//   if (const std::string why = slowness.too_slow(); !why.empty()) …   // INCONCLUSIVE, and why
//
// It sees what holds up this process; processes besides it are held up by the same machine.
//
// Thread rule: the clock's thread. The clock outlives it, and its timers have to run now and then.
#pragma once

#include <chrono>
#include <string>

#include "core/clock.h"

namespace terapi::conformance {

class Slowness {
 public:
  explicit Slowness(core::Clock& clock);
  ~Slowness();
  Slowness(const Slowness&) = delete;
  Slowness& operator=(const Slowness&) = delete;

  // All of the lateness so far, that of a look which is overdue now included; and the longest.
  core::Duration lost() const;
  core::Duration longest() const;
  // Time that passed for each second that this process had: from 1; 2 when it had half of it.
  double factor() const;
  // Whether this process was held up by so much at once, and that has not been over for more than a
  // second: what it does now, it may do late.
  bool held_up(core::Duration by) const;
  // "the judge's own timers came 1.4s late, …"; empty: they came in good time.
  std::string too_slow() const;

  // Later than this, once, is too slow to say that anybody was late by seconds.
  static constexpr core::Duration kTooLate = std::chrono::seconds(1);
  // Nor can anybody tell who got less than half of the time.
  static constexpr double kTooLittle = 2;

 private:
  void look_later();
  void note_late(core::Duration late);
  core::Duration overdue() const;

  core::Clock& clock_;
  const core::Time began_;
  core::Time due_{};
  core::TimerId timer_ = 0;
  core::Duration lost_{0};
  core::Duration longest_{0};
  // The last look that was late by more than a moment.
  core::Duration last_late_{0};
  core::Time last_late_at_{};
};

}  // namespace terapi::conformance
