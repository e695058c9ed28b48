#include "conformance/harness/explore/kept_schedule.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "conformance/harness/explore/fair_story.h"
#include "conformance/harness/explore/server_draw.h"
#include "conformance/harness/explore/shrink.h"
#include "conformance/scenario/scenario_text.h"
#include "core/check.h"

namespace terapi::conformance {
namespace {

const Finding* same_finding(const Explored& explored, const Finding& failure) {
  for (const Finding& finding : explored.findings) {
    const bool same = finding.verdict == Verdict::kFail && finding.clause == failure.clause &&
                      finding.invariant == failure.invariant;
    if (same) return &finding;
  }
  return nullptr;
}

class Keeper {
 public:
  Keeper(const Scenario& drawn, const Finding& failure, const KeepOptions& options)
      : drawn_(drawn), failure_(failure), options_(options) {
    proves_ = judges_a_server() && !ours();
  }

  // The smallest that fails in the same way, and that a right server passes; where none is found,
  // one that it does not fail has to do.
  Shrunk smallest() {
    const std::string text = scenario_text(drawn_);
    const auto still_fails = [this](const Scenario& s) { return fails(s); };
    Shrunk shrunk = shrink(text, still_fails, stopped() ? 0 : options_.most_tries);
    if (!proves_ || stopped() || reference(parsed(shrunk)).verdict == Verdict::kPass) return shrunk;
    proves_ = false;
    return shrink(text, still_fails, options_.most_tries);
  }
  static Scenario parsed(const Shrunk& shrunk) {
    auto scenario = Scenario::parse(shrunk.text, "kept");
    TERAPI_CHECK(scenario.has_value(), "what is kept was read before");
    return *std::move(scenario);
  }

  bool fails(const Scenario& scenario) const {
    if (stopped()) return false;
    if (scenario.plan.steps.empty() || !fair(scenario)) return false;
    const Explored explored = play(scenario);
    // Where a server's story could not go on, that is another failure.
    if (judges_a_server() && !explored.reason.empty()) return false;
    return explored.verdict == Verdict::kFail && same_finding(explored, failure_) != nullptr;
  }

  Explored play(const Scenario& scenario) const {
    return options_.how ? options_.how(scenario) : explore(scenario, options_.play);
  }
  bool ours() const {
    return options_.play.mutant == nullptr && options_.play.server_mutant == nullptr &&
           !options_.how;
  }
  bool judges_a_server() const { return drawn_.judges == Subject::kServer; }

  // A right subject passes it. Where ours is the one that fails, rules have to do.
  bool fair(const Scenario& scenario) const {
    // Without a world of its own, a server's story is told of whatever data is there.
    if (judges_a_server() && scenario.given.empty() != drawn_.given.empty()) return false;
    const auto by_rules = [&] {
      return judges_a_server() ? server_unfairness(scenario, drawn_).empty()
                               : unfairness(scenario).empty();
    };
    if (ours()) return by_rules();
    // At a URL more can happen than in virtual time, where the referee plays.
    if (judges_a_server() && options_.how && !by_rules()) return false;
    const Explored right = reference(scenario);
    return proves_ ? right.verdict == Verdict::kPass : !right.found();
  }
  static Explored reference(const Scenario& scenario) { return explore(scenario, {}); }

 private:
  bool stopped() const {
    return (options_.stop != nullptr && *options_.stop) ||
           (options_.budget && std::chrono::steady_clock::now() - began_ > *options_.budget);
  }

  const Scenario& drawn_;
  const Finding& failure_;
  const KeepOptions& options_;
  // What is kept has to pass on a right server, and not only not to fail: with less to look at, a
  // law may have nothing to say.
  bool proves_ = false;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

bool only_virtual(const Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    const auto* kill = std::get_if<KillStep>(&step.what);
    return kill != nullptr &&
           (kill->restarts || kill->at == KillStep::At::kStoreCall ||
            kill->at == KillStep::At::kStoreCalled || kill->at == KillStep::At::kWebhookAnswered);
  });
}

void tell(Scenario& scenario, const Finding& finding, const KeepOptions& options) {
  const bool server = scenario.judges == Subject::kServer;
  const std::string subject = server ? "server" : "client";
  scenario.id = "explore/" + options.name;
  scenario.title =
      options.title.empty() ? "A " + subject + " keeps " + finding.clause + " here" : options.title;
  scenario.why = "Found by chance: " + finding.what + ".";
  scenario.clauses = {finding.clause.empty() ? (server ? "REC-1" : "CLIENT-1") : finding.clause};
  scenario.origin = options.again;
  scenario.kills.clear();
  scenario.kills_none.clear();
  if (options.play.mutant != nullptr) {
    scenario.kills = {std::string(options.play.mutant->id)};
  } else if (options.play.server_mutant != nullptr) {
    scenario.kills = {std::string(options.play.server_mutant->id)};
  } else {
    scenario.kills_none = "It was found with a " + subject + ", and not with one of the mutants.";
  }
  scenario.in_virtual = true;
  scenario.over_http = !only_virtual(scenario.plan);
  scenario.worlds_why =
      scenario.over_http ? "" : "The process dies between two calls of its own, which only we see.";
}

}  // namespace

KeptSchedule keep_schedule(const Scenario& scenario, const Finding& failure,
                           const KeepOptions& options) {
  Keeper keeper(scenario, failure, options);
  const Shrunk shrunk = keeper.smallest();
  Scenario smallest = Keeper::parsed(shrunk);
  KeptSchedule kept;
  kept.tried = shrunk.tried;
  kept.steps = smallest.plan.steps.size();
  const Explored explored = keeper.play(smallest);
  const Finding* finding = same_finding(explored, failure);
  kept.finding = finding == nullptr ? failure : *finding;
  if (!keeper.ours()) {
    kept.passes_reference = Keeper::reference(smallest).verdict == Verdict::kPass;
  } else if (!keeper.judges_a_server()) {
    ExploreOptions sqlite = options.play;
    sqlite.sqlite = true;
    kept.fails_on_sqlite = explore(smallest, sqlite).found();
  }
  tell(smallest, kept.finding, options);
  kept.path = smallest.id + ".json";
  kept.text = scenario_text(
      smallest,
      {kept.finding.clause + (kept.finding.invariant.empty() ? "" : " " + kept.finding.invariant) +
           ": " + kept.finding.what + ".",
       "expected: " + kept.finding.expected, "actual: " + kept.finding.actual,
       "Drawn by chance and made smaller. Found again by: " + options.again,
       "Played again by: terapi-conformance reference --world virtual --scenarios DIR --filter " +
           smallest.id});
  return kept;
}

}  // namespace terapi::conformance
