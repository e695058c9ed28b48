// explore_server(): a scenario that judges a server, played against the simulator in this process
// and in virtual time, or against any server on a stage of one's own. The unit of what
// `terapi-conformance explore --server` does.
//
// A function of its arguments alone. Thread rule: none is shared; as many at once as one likes.
#pragma once

#include "conformance/harness/explore/explore_one.h"
#include "conformance/harness/server_play.h"
#include "conformance/harness/stage.h"

namespace terapi::conformance {

Explored explore_server(const Scenario& story, const ExploreOptions& options);
Explored explored_on(Stage& stage, const Scenario& story, const ServerPlayOptions& options);

}  // namespace terapi::conformance
