// explore_server(): a scenario that judges a server, played against the simulator in this process
// and in virtual time, or against any server on a stage of one's own. The unit of what
// `terapi-conformance explore --server` does.
//
// A function of its arguments alone. Thread rule: none is shared; as many at once as one likes.
#pragma once

#include "conformance/harness/explore/explore_one.h"
#include "conformance/harness/play/server_play.h"
#include "conformance/harness/stage/server_stage.h"

namespace terapi::conformance {

Explored explore_server(const Scenario& story, const ExploreOptions& options);
// The server that has the defect. That it fails shows nothing where a right one does not pass: then
// it is inconclusive.
Explored explore_server_mutant(const Scenario& story, const ServerMutant& mutant);
Explored explored_on(ServerStage& stage, const Scenario& story, const ServerPlayOptions& options);

}  // namespace terapi::conformance
