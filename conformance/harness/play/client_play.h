// ClientPlay: plays a scenario that judges a client, on a ClientStage, and comes to a verdict.
//
//   ScenarioResult result = play_client(scenario, make_stage, {.dialect = &terapi_dialect()});
//
// A scenario that kills the client "at every …" is played again and again, the kill one moment
// later each time, until it is not reached any more.
//
// Thread rule: one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "conformance/harness/stage/client_stage.h"
#include "conformance/scenario/scenario.h"
#include "conformance/scenario/step.h"

namespace terapi::conformance {

struct ClientPlayOptions {
  using MakeStage = std::function<core::Result<std::unique_ptr<ClientStage>>(ClientStageOptions)>;
  MakeStage make_stage;
  const Dialect* dialect = &terapi_dialect();
  std::uint64_t seed = 0;  // 0: the scenario's own
  // Which moments a sweep tries; the sweep also ends when the kill is not reached.
  std::vector<std::uint64_t> sweep;
};

// What came of one play.
struct ClientPlayed {
  Verdict verdict = Verdict::kError;
  std::string reason;  // of an error or an inconclusive run
  std::vector<Finding> findings;
  bool kill_reached = false;
};
// Plays the plan once, on a stage that was opened; the stage keeps the history. A sweep's kill
// falls at the moment that its step names.
ClientPlayed play_plan(const Scenario& scenario, ClientStage& stage);

// The verdict, the findings, the timeline and the times; not `world`, `subject` and `rerun`, which
// the caller knows.
ScenarioResult play_client(const Scenario& scenario, const ClientPlayOptions& options);

// 1, 2, 3, … and the few that are enough where each costs seconds.
std::vector<std::uint64_t> every_moment();
std::vector<std::uint64_t> few_moments();

}  // namespace terapi::conformance
