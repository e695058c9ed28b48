#include "conformance/harness/explore/explore_server.h"

#include <utility>

#include "conformance/harness/stage/virtual_server_stage.h"

namespace terapi::conformance {

Explored explore_server(const Scenario& story, const ExploreOptions& options) {
  using Begins = VirtualServerStage::Begins;
  auto stage = VirtualServerStage::make(*options.draw.dialect,
                                        {story.seed, options.server_mutant,
                                         story.given.empty() ? Begins::kWithData : Begins::kEmpty});
  if (stage) return explored_on(**stage, story, {.told = options.told});
  Explored explored;
  explored.verdict = Verdict::kError;
  explored.reason = stage.error().message;
  return explored;
}

Explored explore_server_mutant(const Scenario& story, const ServerMutant& mutant) {
  Explored explored = explore_server(story, {.server_mutant = &mutant});
  if (explored.verdict == Verdict::kFail && explore_server(story, {}).verdict != Verdict::kPass) {
    explored.verdict = Verdict::kInconclusive;
  }
  return explored;
}

Explored explored_on(ServerStage& stage, const Scenario& story, const ServerPlayOptions& options) {
  Explored explored;
  explored.reason = ServerPlay::why_not_played(story, stage, options);
  // What was drawn for this stage can be played on it.
  if (!explored.reason.empty()) return explored;
  explored = explored_from(ServerPlay(story, stage, options).run(), stage);
  // Data that is not the story's own may show nothing.
  if (explored.verdict == Verdict::kSkip) explored.verdict = Verdict::kInconclusive;
  return explored;
}

}  // namespace terapi::conformance
