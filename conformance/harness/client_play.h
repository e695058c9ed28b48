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
#include <vector>

#include "conformance/harness/client_stage.h"
#include "conformance/scenario.h"
#include "conformance/verdict.h"

namespace terapi::conformance {

struct ClientPlayOptions {
  using MakeStage = std::function<core::Result<std::unique_ptr<ClientStage>>(ClientStageOptions)>;
  MakeStage make_stage;
  const Dialect* dialect = &terapi_dialect();
  std::uint64_t seed = 0;  // 0: the scenario's own
  // Which moments a sweep tries; the sweep also ends when the kill is not reached.
  std::vector<std::uint64_t> sweep;
};

// The verdict, the findings, the timeline and the times; not `world`, `subject` and `rerun`, which
// the caller knows.
ScenarioResult play_client(const Scenario& scenario, const ClientPlayOptions& options);

// 1, 2, 3, … and the few that are enough where each costs seconds.
std::vector<std::uint64_t> every_moment();
std::vector<std::uint64_t> few_moments();

}  // namespace terapi::conformance
