// play_server(): plays a scenario that judges a server, on a ServerStage, and comes to a verdict.
//
//   ScenarioResult result = play_server(scenario, stage, {.read_only = false});
//
// With a control API the scenario's world is put and its runs are carried out. Without one, only
// scenarios that work on any data are played, on the data that is there; the others are skipped,
// and say why.
//
// Thread rule: one thread.
#pragma once

#include "conformance/evidence/verdict.h"
#include "conformance/harness/stage/server_stage.h"
#include "conformance/laws/server_caller.h"
#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

struct ServerPlayOptions {
  // Nothing but GET and HEAD of the public API is ever sent.
  bool read_only = false;
  // What to read where the data is not the scenario's own.
  StreamAsked stream{};
  std::uint64_t seed = 0;  // 0: the scenario's own
  bool told = true;        // History::told
};

// The verdict, the findings, the timeline and the times; not `subject` and `rerun`, which the
// caller knows.
ScenarioResult play_server(const Scenario& scenario, ServerStage& stage,
                           const ServerPlayOptions& options = {});

}  // namespace terapi::conformance
