// Patience: how long the judge waits for somebody who gets nowhere. A limit by the clock would
// accuse whoever was ready to go on and had no processor: on a machine with other work, that is
// most of the time. So what the machine withheld is not counted; and where it withholds nearly all
// of it, the wait ends, too, and nothing was proved.
//
//   Patience patience(stage.now(), 45s, [&] { return starved(); });
//   while (!patience.over(stage.now())) …
//   if (patience.machine_too_slow()) …   // INCONCLUSIVE, not FAIL
//
// Thread rule: none of its own.
#pragma once

#include <functional>

#include "conformance/evidence/verdict.h"
#include "core/clock.h"

namespace terapi::conformance {

class Patience {
 public:
  // `starved`: for how long whoever is waited for has been ready to run and had no processor, so
  // far. It is asked now, and when the limit is over by the clock; of a limit under 300 ms, never.
  Patience(core::Time now, core::Duration limit, std::function<core::Duration()> starved);

  bool over(core::Time now);
  // At the earliest.
  core::Time until() const { return until_; }
  // Over, though they hardly had a chance.
  bool machine_too_slow() const { return too_slow_; }
  // Of all the time so far, the part that was withheld, as far as is known.
  core::Duration withheld() const { return withheld_; }

  // Times the limit: by the clock, nothing takes longer.
  static constexpr int kMost = 8;

 private:
  core::Time began_;
  core::Duration limit_;
  std::function<core::Duration()> starved_;
  core::Time until_;
  core::Time measured_at_;  // when it was starved_then_
  core::Duration starved_then_{0};
  core::Duration withheld_{0};
  bool too_slow_ = false;
};

// What it says of somebody that something took so long, where at most `limit` was right, and the
// machine withheld `starved` of them meanwhile: kPass, or kFail; kInconclusive where it would have
// been in time but for what was withheld.
Verdict verdict_on_time(core::Duration took, core::Duration limit, core::Duration starved);

}  // namespace terapi::conformance
