#include "conformance/harness/play/play_scenario.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "conformance/harness/play/client_play.h"
#include "conformance/scenario/written_out.h"

namespace terapi::conformance {
namespace {

ScenarioResult begun(const Scenario& scenario, const Dialect& dialect, std::uint64_t seed) {
  ScenarioResult result;
  result.scenario = scenario.id;
  result.title = scenario.title;
  result.why = scenario.why;
  result.clauses = scenario.clauses;
  result.dialect = std::string(dialect.name);
  result.seed = seed != 0 ? seed : scenario.seed;
  return result;
}

void take(ScenarioResult& result, Played played, const History& history) {
  result.verdict = played.verdict;
  result.reason = std::move(played.reason);
  result.findings = std::move(played.findings);
  result.timeline = history.events();
}

core::Duration elapsed_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - began);
}

Scenario with_kill_at(const Scenario& scenario, std::uint64_t nth) {
  Scenario changed = scenario;
  for (Step& step : changed.plan.steps) {
    if (auto* kill = std::get_if<KillStep>(&step.what); kill != nullptr && kill->every) {
      kill->nth = nth;
    }
  }
  return changed;
}

// True when a sweep has to go on.
bool play_once(const Scenario& scenario, const ClientPlayOptions& options, ScenarioResult& result) {
  ClientStageOptions stage_options;
  stage_options.dialect = options.dialect;
  stage_options.seed = result.seed;
  stage_options.world = whole_world(scenario.given);
  stage_options.client = scenario.plan.client;
  const auto not_played = [&](const core::Error& error) {
    result.verdict = Verdict::kError;
    result.reason = error.message;
    return false;
  };
  auto stage = options.make_stage(std::move(stage_options));
  if (!stage) return not_played(stage.error());
  if (const auto opened = (*stage)->open(); !opened) return not_played(opened.error());
  Played played = ClientPlay(scenario, **stage).run();
  const bool reached = played.kill_reached;
  // What an earlier moment of a sweep has shown is not taken back.
  if (result.verdict <= Verdict::kWarn && played.verdict < result.verdict) return reached;
  take(result, std::move(played), (*stage)->history());
  result.subject_output = (*stage)->output(1);
  return reached && result.verdict <= Verdict::kWarn;
}

void sweep(const Scenario& scenario, const ClientPlayOptions& options, ScenarioResult& result) {
  std::uint64_t kills = 0;
  for (const std::uint64_t nth : options.sweep) {
    const bool again = play_once(with_kill_at(scenario, nth), options, result);
    if (result.verdict > Verdict::kWarn && result.reason.empty()) {
      result.reason = "killed at moment " + std::to_string(nth);
    }
    if (!again) break;
    ++kills;
  }
  if (kills == 0 && result.verdict <= Verdict::kWarn) {
    result.verdict = Verdict::kInconclusive;
    result.reason = "the moment of the kill never came";
  }
}

// With time-outs ten times as long: before somebody is accused whom the machine may have held up.
// What that trial shows is what is told, unless it shows nothing.
void try_again_slowly(const Scenario& scenario, ServerStage& stage, ServerPlayOptions options,
                      ScenarioResult& result) {
  options.stretch = 10;
  Played again = ServerPlay(scenario, stage, options).run();
  if (again.verdict == Verdict::kError || again.verdict == Verdict::kSkip) return;
  take(result, std::move(again), stage.history());
  if (result.verdict > Verdict::kWarn) return;
  result.verdict = std::max(result.verdict, Verdict::kInfo);
  result.reason =
      "it passes with time-outs of webhooks that are ten times as long, and did not with its own: "
      "the machine may have been too slow for those";
}

}  // namespace

ScenarioResult play_client(const Scenario& scenario, const ClientPlayOptions& options) {
  ScenarioResult result = begun(scenario, *options.dialect, options.seed);
  const auto began = std::chrono::steady_clock::now();
  if (scenario.plan.sweeps()) {
    sweep(scenario, options, result);
  } else {
    play_once(scenario, options, result);
  }
  result.elapsed = elapsed_since(began);
  return result;
}

ScenarioResult play_server(const Scenario& scenario, ServerStage& stage,
                           const ServerPlayOptions& options) {
  ScenarioResult result = begun(scenario, stage.dialect(), options.seed);
  result.world = std::string(stage.world());
  result.reason = ServerPlay::why_not_played(scenario, stage, options);
  if (!result.reason.empty()) {
    result.verdict = Verdict::kSkip;
    return result;
  }
  const auto began = std::chrono::steady_clock::now();
  take(result, ServerPlay(scenario, stage, options).run(), stage.history());
  if (result.verdict == Verdict::kFail && stage.world() != "virtual" &&
      ServerPlay::times_out_soon(scenario)) {
    try_again_slowly(scenario, stage, options, result);
  }
  result.elapsed = elapsed_since(began);
  return result;
}

std::vector<std::uint64_t> every_moment() {
  std::vector<std::uint64_t> moments;
  for (std::uint64_t i = 1; i <= 400; ++i) moments.push_back(i);
  return moments;
}

std::vector<std::uint64_t> few_moments() { return {1, 2, 3, 5}; }

}  // namespace terapi::conformance
