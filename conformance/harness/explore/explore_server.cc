#include "conformance/harness/explore/explore_server.h"

#include <algorithm>
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
  ScenarioResult played = play_server(story, stage, options);
  Explored explored;
  // What was drawn for this stage can be played on it.
  explored.verdict = played.verdict == Verdict::kSkip ? Verdict::kError : played.verdict;
  explored.reason = std::move(played.reason);
  explored.findings = std::move(played.findings);
  explored.requests = static_cast<std::uint64_t>(
      std::count_if(played.timeline.begin(), played.timeline.end(),
                    [](const Event& event) { return event.kind == EventKind::kRequest; }));
  return explored;
}

}  // namespace terapi::conformance
