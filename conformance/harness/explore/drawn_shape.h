// drawn_shape(): how large the world of a schedule is, what is odd about it, and what limits its
// API has. Pure functions, no thread rule.
#pragma once

#include "conformance/harness/explore/drawn_aim.h"
#include "conformance/harness/explore/drawn_world.h"
#include "conformance/harness/explore/schedule_draw.h"
#include "conformance/harness/explore/swarm.h"
#include "core/random.h"

namespace terapi::conformance {

DrawnWorld::Shape drawn_shape(core::Random random, const Swarm& swarm, const DrawnAim& aim,
                              const DrawOptions& options);
// A sync that reads the first stream's records from an external API. Until an episode changes that
// one, its runs find nothing: it answers at once, and one that reads everything, and so would save
// again what was pruned, is not due.
void add_background(DrawnWorld::Shape& shape, core::Random random, const DrawOptions& options);

}  // namespace terapi::conformance
