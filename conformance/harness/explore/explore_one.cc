#include "conformance/harness/explore/explore_one.h"

#include <utility>

#include "conformance/harness/explore/explore_server.h"
#include "conformance/harness/play/client_play.h"
#include "conformance/harness/stage/virtual_client_stage.h"

namespace terapi::conformance {

Explored explore(const Scenario& scenario, const ExploreOptions& options) {
  if (scenario.judges == Subject::kServer) return explore_server(scenario, options);
  ClientStageOptions stage_options;
  stage_options.dialect = options.draw.dialect;
  stage_options.seed = scenario.seed;
  stage_options.world = scenario.given;
  stage_options.client = scenario.plan.client;
  stage_options.told = options.told;
  VirtualClientStage stage(
      std::move(stage_options), options.mutant,
      options.sqlite ? VirtualClientStage::Keeps::kSqlite : VirtualClientStage::Keeps::kMemory);
  return explored_on(stage, scenario);
}

Explored explored_on(ClientStage& stage, const Scenario& scenario) {
  Explored explored;
  if (const auto opened = stage.open(); !opened) {
    explored.verdict = Verdict::kError;
    explored.reason = opened.error().message;
    return explored;
  }
  explored = explored_from(ClientPlay(scenario, stage).run(), stage);
  explored.moments = stage.moments();
  return explored;
}

Explored explored_from(Played played, Stage& stage) {
  Explored explored;
  explored.verdict = played.verdict;
  explored.reason = std::move(played.reason);
  explored.findings = std::move(played.findings);
  explored.history = std::move(stage.history());
  explored.requests = explored.history.exchanges.size();
  return explored;
}

Explored explore_one(std::uint64_t seed, const ExploreOptions& options) {
  const DrawnSchedule drawn = draw_schedule(seed, options.draw);
  return explore(drawn.scenario, options);
}

bool explore_small_world(std::uint64_t seed) {
  ExploreOptions options;
  options.draw.size = DrawOptions::Size::kSmall;
  return explore_one(seed, options).found();
}

}  // namespace terapi::conformance
