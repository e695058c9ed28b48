#include "conformance/harness/play/server_play.h"

#include <algorithm>
#include <chrono>
#include <variant>

#include "conformance/harness/play/server_actor.h"
#include "conformance/scenario/step.h"
#include "core/duration.h"

namespace terapi::conformance {
namespace {

// More than this is not waited for in real time.
constexpr core::Duration kLongestWait = std::chrono::seconds(15);

std::string why_skipped(const Scenario& scenario, const ServerStage& stage,
                        const ServerPlayOptions& options) {
  const bool virtual_world = stage.world() == "virtual";
  if (virtual_world ? !scenario.in_virtual : !scenario.over_http) {
    return "not for this world: " + scenario.worlds_why;
  }
  const std::string dialect(stage.dialect().name);
  if (!scenario.speaks(dialect)) return "not for the dialect '" + dialect + "'";
  if (options.read_only && !scenario.any_data) return "it writes, and this run only reads";
  if (!stage.has_control() && !scenario.any_data) {
    return "it needs the control API: --control-url";
  }
  for (const Step& step : scenario.plan.steps) {
    if (std::holds_alternative<HostileStep>(step.what) &&
        !stage.base_url().starts_with("http://")) {
      return "it sends raw bytes, which takes a server with an address of http://";
    }
    const auto* advance = std::get_if<PassStep>(&step.what);
    if (advance != nullptr && !stage.exact_time() && advance->by > kLongestWait) {
      return "it waits " + core::format_duration(advance->by) +
             ", which takes a server whose clock is virtual";
    }
  }
  return "";
}

// A SHOULD that is not kept is a warning; what is only told is told.
Verdict weighed(Verdict verdict, ScenarioLevel level) {
  if (level == ScenarioLevel::kMust || verdict == Verdict::kError) return verdict;
  const Verdict most = level == ScenarioLevel::kShould ? Verdict::kWarn : Verdict::kInfo;
  return verdict == Verdict::kFail || verdict == Verdict::kWarn ? std::min(verdict, most) : verdict;
}

ScenarioResult begun(const Scenario& scenario, const ServerStage& stage,
                     const ServerPlayOptions& options) {
  ScenarioResult result;
  result.scenario = scenario.id;
  result.title = scenario.title;
  result.why = scenario.why;
  result.clauses = scenario.clauses;
  result.world = std::string(stage.world());
  result.dialect = std::string(stage.dialect().name);
  result.seed = options.seed != 0 ? options.seed : scenario.seed;
  return result;
}

void conclude(ScenarioResult& result, const Scenario& scenario, ServerActor& actor,
              History& history) {
  result.verdict = Verdict::kPass;
  for (Finding& finding : actor.take_findings()) {
    finding.verdict = weighed(finding.verdict, scenario.level);
    result.verdict = graver(result.verdict, finding.verdict);
    for (const std::size_t number : finding.events) {
      if (number < history.events().size()) history.event(number).bad = true;
    }
    result.findings.push_back(std::move(finding));
  }
  if (!actor.broken().empty()) {
    // It may be the server's own doing that the story cannot go on; then that was found.
    if (result.verdict != Verdict::kFail) result.verdict = Verdict::kError;
    result.reason = actor.broken();
  } else if (!actor.unproven().empty() && result.verdict < Verdict::kFail) {
    // On data that is not its own, a scenario may find nothing to look at.
    result.verdict = actor.own_data() ? Verdict::kInconclusive : Verdict::kSkip;
    result.reason = actor.unproven();
  }
}

}  // namespace

ScenarioResult play_server(const Scenario& scenario, ServerStage& stage,
                           const ServerPlayOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  ScenarioResult result = begun(scenario, stage, options);
  result.reason = why_skipped(scenario, stage, options);
  if (!result.reason.empty()) {
    result.verdict = Verdict::kSkip;
    return result;
  }
  History history;
  history.told = options.told;
  {
    ServerActor actor(scenario, stage, options, history);
    actor.begin();
    for (const auto* steps : {&scenario.plan.steps, &scenario.plan.expect}) {
      for (const Step& step : *steps) {
        if (actor.broken().empty()) actor.play(step);
      }
    }
    if (actor.broken().empty()) actor.end();
    conclude(result, scenario, actor, history);
  }
  result.timeline = history.events();
  result.elapsed =
      std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - started);
  return result;
}

}  // namespace terapi::conformance
