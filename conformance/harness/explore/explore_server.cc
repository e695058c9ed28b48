#include "conformance/harness/explore/explore_server.h"

#include <utility>

#include "conformance/harness/stage/virtual_server_stage.h"

namespace terapi::conformance {

Explored explore_server(const Scenario& story, const ExploreOptions& options) {
  auto stage = VirtualServerStage::make(terapi_dialect(), story.seed, options.server_mutant);
  if (stage) return explored_on(**stage, story, {.told = options.told});
  Explored explored;
  explored.verdict = Verdict::kError;
  explored.reason = stage.error().message;
  return explored;
}

Explored explored_on(ServerStage& stage, const Scenario& story, const ServerPlayOptions& options) {
  Explored explored;
  explored.reason = ServerPlay::why_not_played(story, stage, options);
  // What was drawn for this stage can be played on it.
  if (!explored.reason.empty()) return explored;
  stage.begin(options.told);
  return explored_from(ServerPlay(story, stage, options).run(), stage);
}

}  // namespace terapi::conformance
