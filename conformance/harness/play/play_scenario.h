// play_client(), play_server(): a scenario, played as often as it has to be, and what came of it as
// reports tell it: the verdict, the findings, the timeline and the times; not `subject` and
// `rerun`, which the caller knows, nor a client's `world`.
//
//   ScenarioResult result = play_client(scenario, {.make_stage = make, .sweep = every_moment()});
//   ScenarioResult result = play_server(scenario, stage, {.read_only = true});
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "conformance/harness/play/server_play.h"
#include "conformance/harness/stage/client_stage.h"
#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

struct ClientPlayOptions {
  using MakeStage = std::function<core::Result<std::unique_ptr<ClientStage>>(ClientStageOptions)>;
  MakeStage make_stage;
  const Dialect* dialect = &terapi_dialect();
  std::uint64_t seed = 0;  // 0: the scenario's own
  // Which moments are tried of a kill "at every …", until one is not reached.
  std::vector<std::uint64_t> sweep;
};

ScenarioResult play_client(const Scenario& scenario, const ClientPlayOptions& options);
ScenarioResult play_server(const Scenario& scenario, ServerStage& stage,
                           const ServerPlayOptions& options = {});

// 1, 2, 3, … and the few that are enough where each costs seconds.
std::vector<std::uint64_t> every_moment();
std::vector<std::uint64_t> few_moments();

}  // namespace terapi::conformance
