// ScheduleDraw: a whole scenario by chance: a world, what happens to it, and what goes wrong
// meanwhile. The same seed and options draw the same scenario, on every machine.
//
//   const DrawnSchedule drawn = draw_schedule(17, {});
//   ClientPlay(drawn.scenario, stage).run();
//   std::string file = scenario_text(drawn.scenario);
//
// A story is made of episodes: a start, calm, trouble of one or more kinds, a refusal, a backlog in
// which the client dies… Each episode of trouble ends: the faults stop, whoever is dead is started
// again, and the client has to converge within a bound that a right one keeps. Each seed leaves
// some kinds out altogether and has more of others (swarm testing), so that rare combinations come
// about.
//
// It draws fair scenarios only (docs/write-a-scenario.md): what fails one is wrong.
//
// Pure functions, no thread rule.
#pragma once

#include <cstdint>

#include "conformance/harness/explore/fault_kind.h"
#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

struct DrawOptions {
  // kSmall: two streams, 50 records and up to five faults, which is what is measured. kAny: from
  // one record to a few hundred.
  enum class Size : std::uint8_t { kAny, kSmall };
  Size size = Size::kAny;
  // Only what can be done to a process, over HTTP, in seconds.
  bool over_http = false;
  const Dialect* dialect = &terapi_dialect();
};

struct DrawnSchedule {
  Scenario scenario;
  FaultKinds kinds;  // that the schedule has, whether they come about or not
};

DrawnSchedule draw_schedule(std::uint64_t seed, const DrawOptions& options);

}  // namespace terapi::conformance
