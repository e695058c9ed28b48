#include "conformance/harness/play/client_play.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "conformance/evidence/client_evidence.h"
#include "conformance/evidence/sometimes.h"
#include "conformance/harness/play/client_checks.h"
#include "conformance/harness/play/client_convergence.h"
#include "conformance/harness/play/judge_webhook.h"
#include "core/check.h"
#include "core/duration.h"

namespace terapi::conformance {

using namespace std::chrono_literals;
namespace json = core::json;

namespace {

constexpr core::Duration kToSpeak = 25s;     // a client may take its time to start
constexpr core::Duration kToConverge = 45s;  // after the faults have stopped
constexpr core::Duration kToListen = 3s;     // after it spoke
constexpr core::Duration kToDigest = 100ms;  // what it was given last

// One play of the scenario.
class ClientPlay {
 public:
  ClientPlay(const Scenario& scenario, ClientStage& stage)
      : scenario_(scenario),
        plan_(scenario.plan),
        stage_(stage),
        checks_(stage, findings_),
        convergence_(scenario.plan, stage, findings_) {}

  void run() {
    if (!scenario_.faults.empty()) set_faults(scenario_.faults);
    for (const Step& step : plan_.steps) {
      note(EventKind::kStep, step.text);
      if (!std::visit([this](const auto& what) { return play(what); }, step.what)) break;
      if (over() || stage_.flooded()) break;
    }
    if (stage_.flooded()) report_flood();
    finish();
  }

  Verdict verdict() const {
    Verdict verdict = Verdict::kPass;
    for (const Finding& finding : findings_) verdict = graver(verdict, finding.verdict);
    if (verdict == Verdict::kFail) return verdict;
    return reason_.empty() ? verdict : reason_verdict_;
  }
  const std::string& reason() const { return reason_; }
  std::vector<Finding>& findings() { return findings_; }
  bool kill_reached() const { return kill_reached_; }

 private:
  // --- steps ------------------------------------------------------------------------------------

  bool play(const ProcessStep& act) {
    if (act.worker > 1) convergence_.expect_workers(act.worker);
    switch (act.what) {
      case ProcessStep::What::kStarts:
        return start(act.worker, act.wait);
      case ProcessStep::What::kIsKilled:
        stage_.kill_client(act.worker);
        convergence_.take_dump(convergence_.all_dead());
        return true;
      case ProcessStep::What::kStops:
        stage_.stop_client(act.worker);
        convergence_.excuse(stage_.client(act.worker).life);  // it was asked to
        convergence_.take_dump(convergence_.all_dead());
        return true;
    }
    return true;
  }

  bool start(int worker, bool wait) {
    const auto started = stage_.start_client(worker);
    if (!started) return stop_short(Verdict::kError, started.error().message);
    if (!wait) return true;
    const int life = stage_.client(worker).life;
    const auto spoken = [&] {
      return std::any_of(history().exchanges.begin(), history().exchanges.end(),
                         [&](const Exchange& e) { return e.life == life && !e.stream.empty(); });
    };
    stage_.run_until([&] { return spoken() || !stage_.client(worker).alive; }, kToSpeak);
    if (!spoken()) {
      if (ended_at_once(worker)) return false;
      if (stage_.armed() || !stage_.client(worker).alive) {
        convergence_.check_alive(worker);
        return true;
      }
      fail("CLIENT-1", "V1", "the client never spoke: no request for records came",
           "GET /records for each of its streams", "nothing within " + text_of(kToSpeak));
      return false;
    }
    stage_.run_until([&] { return stage_.listening(worker) || !stage_.client(worker).alive; },
                     kToListen);
    if (plan_.client.needs_webhooks && stage_.client(worker).alive && !stage_.listening(worker)) {
      return stop_short(Verdict::kSkip, "the client takes no webhooks");
    }
    return true;
  }

  // A command that does not run, or a client that gives up before it has asked for anything.
  bool ended_at_once(int worker) {
    const ClientState state = stage_.client(worker);
    if (state.alive || !state.exit_status || stage_.armed() || convergence_.may_die()) return false;
    convergence_.excuse(state.life);
    fail("", "V1",
         "the client's process ended before it asked for anything, with status " +
             std::to_string(*state.exit_status),
         "a process that asks for its streams", convergence_.last_words(worker));
    return over_ = true;
  }

  bool play(const RunStep& act) { return apply_run(act.body); }

  bool play(const PassStep& act) {
    stage_.run_until([] { return false; }, act.by);
    return true;
  }

  bool apply_run(const std::string& body) {
    const auto run = json::Document::parse(body, {.max_depth = 100'000});
    const RunCounts counts = stage_.model().apply_run(run->root());
    stage_.wire().model_changed();
    note(EventKind::kRun,
         history().told
             ? std::to_string(counts.added) + " added, " + std::to_string(counts.updated) +
                   " updated, " + std::to_string(counts.deleted) + " deleted"
             : "",
         stream_name(run->root()["integration"].string(), run->root()["connection"].string(),
                     run->root()["model"].string(), run->root()["variant"].string()));
    const core::Response answer = stage_.control("POST", "/runs", body);
    if (answer.status != 200 && answer.status != 202) {
      return stop_short(Verdict::kError, "the run was refused: " + answer.body.substr(0, 300));
    }
    return true;
  }

  bool play(const WaitStep& act) {
    switch (act.what) {
      case WaitStep::What::kConverged:
        convergence_.wait(act.within, true);
        return true;
      case WaitStep::What::kQuiet:
        stage_.run_until(
            [&] {
              return stage_.wire().in_flight() == 0 &&
                     stage_.now() - stage_.wire().last_request_at() >= act.quiet_for;
            },
            act.within);
        return true;
      case WaitStep::What::kRequests:
        if (!stage_.run_until([&] { return checks_.requests_since_mark() >= act.count; },
                              act.within)) {
          convergence_.check_alive(1);
          fail("CLIENT-3", "V1",
               "the client asked only " + std::to_string(checks_.requests_since_mark()) +
                   " times for records",
               "at least " + std::to_string(act.count) + " within " + text_of(act.within), "");
        }
        return true;
      case WaitStep::What::kFired:
        if (!stage_.run_until([&] { return fired(act.fault) > 0; }, act.within)) {
          convergence_.check_alive(1);
          return stop_short(Verdict::kInconclusive,
                            "the fault '" + act.fault + "' did not strike within " +
                                text_of(act.within) + ": nothing was proved");
        }
        return true;
      case WaitStep::What::kDead:
        if (!stage_.run_until([&] { return !stage_.client(1).alive; }, act.within)) {
          return stop_short(Verdict::kInconclusive,
                            "the moment of the kill did not come within " + text_of(act.within));
        }
        kill_reached_ = true;
        convergence_.take_dump(convergence_.all_dead());
        return true;
    }
    return true;
  }

  bool play(const FaultsStep& act) {
    set_faults(act.rules);
    return true;
  }

  bool play(const WireStep& act) {
    check_wire_fired();
    stage_.wire().set_rules(act.rules);
    for (const WireRule& rule : act.rules) wire_ids_.insert(rule.id);
    return true;
  }

  bool play(const WebhookStep& act) {
    if (!stage_.listening(1) && stage_.client(1).alive) {
      return stop_short(Verdict::kSkip, "the client takes no webhooks");
    }
    post_webhooks(act.webhook, scenario_, stage_, findings_);
    return true;
  }

  bool play(const KillStep& act) {
    stage_.arm(act);
    return true;
  }

  bool play(const BetweenPagesStep& act) {
    stage_.wire().between_pages(act.after, [this, body = act.run] { apply_run(body); });
    return true;
  }

  bool play(const ClockStep& act) {
    stage_.shift_server_clock(act.by);
    return true;
  }
  bool play(const DiskStep& act) {
    set_disk_full(act.full);
    return true;
  }

  void set_disk_full(bool full) {
    if (full == disk_full_) return;
    disk_full_ = full;
    stage_.set_disk_full(full);
    stage_.wire().set_unstorable(full);
  }

  bool play(const PruneStep& act) {
    const std::string problem = prune(stage_, act);
    return problem.empty() || stop_short(Verdict::kError, problem);
  }

  bool play(const WorldStep& act) {
    const core::Response answer = stage_.control("PUT", "/world", act.world);
    if (answer.status >= 300) return stop_short(Verdict::kError, answer.body.substr(0, 300));
    const auto world = json::Document::parse(act.world, {.comments = true});
    stage_.model().apply_world(world->root());
    stage_.wire().watch(stage_.options().client.streams);
    return true;
  }

  bool play(const MarkStep& act) {
    checks_.mark(act.name);
    return true;
  }

  bool play(const CheckStep& step) {
    const ClientCheck& check = step.check;
    if (check.what == ClientCheck::What::kConverged) {
      convergence_.wait(0s, true);
    } else {
      checks_.check(check);
    }
    return true;
  }

  // Steps that only a server's scenario may have: Scenario::parse refuses them here.
  template <typename Other>
  bool play(const Other& /*step*/) {
    TERAPI_CHECK(false, "a step of a server's scenario");
    return false;
  }

  // --- faults -----------------------------------------------------------------------------------

  void set_faults(std::string rules) {
    check_faults_fired();
    constexpr std::string_view kElsewhere = "{elsewhere}";
    for (std::size_t at = rules.find(kElsewhere); at != std::string::npos;
         at = rules.find(kElsewhere, at)) {
      rules.replace(at, kElsewhere.size(), stage_.elsewhere());
    }
    const core::Response answer = stage_.control("PUT", "/faults", rules);
    if (answer.status >= 300) {
      stop_short(Verdict::kError, "the faults were refused: " + answer.body.substr(0, 400));
      return;
    }
    fault_ids_.clear();
    const auto document = json::Document::parse(rules, {.comments = true});
    TERAPI_CHECK(document.has_value(), "fault rules that were taken are JSON");
    for (const json::Value rule : document->root().items()) {
      fault_ids_.push_back(rule["id"].string());
      if (fault_ids_.back().empty()) {
        stop_short(Verdict::kError, "a fault rule has no id: nobody could see whether it struck");
      }
      note(EventKind::kFault, "from now on: " + json::compact(rule));
    }
  }

  std::uint64_t fired(const std::string& id) {
    const auto wire = stage_.wire().fired().find(id);
    if (wire != stage_.wire().fired().end()) return wire->second;
    return stage_.fired(id);
  }

  void check_faults_fired() {
    for (const std::string& id : fault_ids_) {
      if (fired(id) > 0) continue;
      not_fired_.push_back(id);
    }
    fault_ids_.clear();
  }
  void check_wire_fired() {
    for (const std::string& id : wire_ids_) {
      if (fired(id) == 0) not_fired_.push_back(id);
    }
    wire_ids_.clear();
  }

  // --- the end ----------------------------------------------------------------------------------

  void report_flood() {
    fail("CLIENT-9", "I10", "the client asks without end", "far fewer requests",
         "more than " + std::to_string(ClientStage::kFlood) + " requests");
    over_ = true;
  }

  // Faults stop, a dead client is started again, and it has to get there.
  void finish() {
    if (!kill_reached_ && plan_.sweeps() && !stage_.armed()) kill_reached_ = true;
    if (over()) return judge();
    check_faults_fired();
    check_wire_fired();
    stage_.control("PUT", "/faults", "[]");
    stage_.wire().set_rules({});
    set_disk_full(false);
    if (!plan_.client.may_stop) {
      if (plan_.sweeps() && stage_.armed()) convergence_.wait(kToConverge, false);
      if (plan_.sweeps() && !stage_.armed()) kill_reached_ = true;
      if (convergence_.all_dead()) {
        convergence_.check_alive(1);
        convergence_.take_dump(true);
        note(EventKind::kStep, "the client is started again");
        start(1, true);
      }
      if (convergence_.wait(kToConverge, true)) {
        stage_.run_until([this] { return convergence_.all_dead(); }, kToDigest);
        if (convergence_.all_dead()) convergence_.check_alive(1);
      }
    }
    for (const Step& check : plan_.expect) play(std::get<CheckStep>(check.what));
    judge();
  }

  void judge() {
    const std::vector<Finding> broken = find_broken_invariants(convergence_.evidence());
    // First: a cursor ahead of its records is why records are lost.
    findings_.insert(findings_.begin(), broken.begin(), broken.end());
    for (Finding& finding : findings_) {
      if (scenario_.level != ScenarioLevel::kMust && finding.verdict == Verdict::kFail) {
        finding.verdict =
            scenario_.level == ScenarioLevel::kShould ? Verdict::kWarn : Verdict::kInfo;
      }
      for (const std::size_t event : finding.events) history().event(event).bad = true;
    }
    if (reason_.empty()) check_sometimes();
    if (!reason_.empty() || not_fired_.empty()) return;
    std::string ids;
    for (const std::string& id : not_fired_) ids += (ids.empty() ? "'" : ", '") + id + "'";
    stop_short(Verdict::kInconclusive, "never struck: " + ids + ", so nothing was proved");
  }

  void check_sometimes() {
    if (plan_.sweeps()) return;  // of some of its plays only
    for (const std::string& word : scenario_.sometimes) {
      if (happened(word, history())) continue;
      stop_short(Verdict::kInconclusive, "never seen: " + word + ", so nothing was proved");
    }
  }

  // What follows would only tell the same again.
  bool over() const { return over_ || convergence_.over(); }

  // --- small things -----------------------------------------------------------------------------

  static std::string text_of(core::Duration duration) { return core::format_duration(duration); }
  History& history() const { return stage_.history(); }

  std::size_t note(EventKind kind, std::string text, std::string stream = "") {
    return history().add(
        {.at = stage_.now(), .kind = kind, .stream = std::move(stream), .text = std::move(text)});
  }

  void fail(std::string clause, std::string invariant, std::string what, std::string expected,
            std::string actual) {
    findings_.push_back({Verdict::kFail,
                         std::move(clause),
                         std::move(invariant),
                         std::move(what),
                         std::move(expected),
                         std::move(actual),
                         {}});
  }

  // Always false: for the steps.
  bool stop_short(Verdict verdict, std::string reason) {
    if (reason_.empty()) {
      reason_verdict_ = verdict;
      reason_ = std::move(reason);
    }
    over_ = true;
    return false;
  }

  const Scenario& scenario_;
  const Plan& plan_;
  ClientStage& stage_;
  std::vector<Finding> findings_;
  ClientChecks checks_;
  ClientConvergence convergence_;
  std::vector<std::string> fault_ids_;
  std::set<std::string> wire_ids_;
  std::vector<std::string> not_fired_;
  std::string reason_;
  Verdict reason_verdict_ = Verdict::kError;
  bool over_ = false;
  bool disk_full_ = false;
  bool kill_reached_ = false;
};

Scenario with_kill_at(const Scenario& scenario, std::uint64_t nth) {
  Scenario changed = scenario;
  for (Step& step : changed.plan.steps) {
    if (auto* kill = std::get_if<KillStep>(&step.what); kill != nullptr && kill->every) {
      kill->nth = nth;
    }
  }
  return changed;
}

// Plays once; true when a sweep has to go on.
bool play_once(const Scenario& scenario, const ClientPlayOptions& options, ScenarioResult& result) {
  ClientStageOptions stage_options;
  stage_options.dialect = options.dialect;
  stage_options.seed = options.seed != 0 ? options.seed : scenario.seed;
  stage_options.world = scenario.given;
  stage_options.client = scenario.plan.client;
  result.seed = stage_options.seed;
  const auto not_played = [&](const core::Error& error) {
    result.verdict = Verdict::kError;
    result.reason = error.message;
    return false;
  };
  auto stage = options.make_stage(std::move(stage_options));
  if (!stage) return not_played(stage.error());
  if (const auto opened = (*stage)->open(); !opened) return not_played(opened.error());
  ClientPlayed played = play_plan(scenario, **stage);
  // What an earlier moment of a sweep has shown is not taken back.
  if (result.verdict <= Verdict::kWarn && played.verdict < result.verdict) {
    return played.kill_reached;
  }
  result.verdict = played.verdict;
  result.reason = std::move(played.reason);
  result.findings = std::move(played.findings);
  result.timeline = (*stage)->history().events();
  result.subject_output = (*stage)->output(1);
  return played.kill_reached && result.verdict <= Verdict::kWarn;
}

}  // namespace

ClientPlayed play_plan(const Scenario& scenario, ClientStage& stage) {
  ClientPlay play(scenario, stage);
  play.run();
  return {play.verdict(), play.reason(), std::move(play.findings()), play.kill_reached()};
}

ScenarioResult play_client(const Scenario& scenario, const ClientPlayOptions& options) {
  ScenarioResult result;
  result.scenario = scenario.id;
  result.title = scenario.title;
  result.why = scenario.why;
  result.clauses = scenario.clauses;
  result.dialect = std::string(options.dialect->name);
  const auto began = std::chrono::steady_clock::now();
  if (!scenario.plan.sweeps()) {
    play_once(scenario, options, result);
  } else {
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
  result.elapsed =
      std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now() - began);
  return result;
}

std::vector<std::uint64_t> every_moment() {
  std::vector<std::uint64_t> moments;
  for (std::uint64_t i = 1; i <= 400; ++i) moments.push_back(i);
  return moments;
}

std::vector<std::uint64_t> few_moments() { return {1, 2, 3, 5}; }

}  // namespace terapi::conformance
