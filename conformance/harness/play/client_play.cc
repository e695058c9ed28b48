#include "conformance/harness/play/client_play.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <variant>

#include "conformance/evidence/client_evidence.h"
#include "conformance/harness/play/judge_webhook.h"
#include "conformance/harness/play/read_faults.h"
#include "conformance/laws/record_reader.h"
#include "conformance/scenario/written_out.h"
#include "core/check.h"
#include "core/duration.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration kToSpeak = 25s;       // a client may take its time to start
constexpr core::Duration kToConverge = 45s;    // after the faults have stopped
constexpr core::Duration kToListen = 3s;       // after it spoke
constexpr core::Duration kToDigest = 100ms;    // what it was given last
constexpr std::int64_t kWholeStream = 10'000;  // records, by one request (REC-5, PRUNE-1)

std::string text_of(core::Duration duration) { return core::format_duration(duration); }

}  // namespace

ClientPlay::ClientPlay(const Scenario& scenario, ClientStage& stage)
    : Play(scenario, stage, {.noted = false}, std::numeric_limits<std::size_t>::max()),
      stage_(stage),
      plan_(scenario.plan),
      checks_(stage, findings_),
      convergence_(scenario.plan, stage, findings_) {}

ClientPlay::~ClientPlay() { stage_.link().close(); }

void ClientPlay::begin() {
  if (!scenario_.faults.empty()) put_faults(scenario_.faults);
}

bool ClientPlay::act(const Step& step) {
  return std::visit(
      [this](const auto& what) {
        if constexpr (requires { act(what); }) {
          return act(what);
        } else {
          TERAPI_CHECK(false, "a step of a server's scenario");
          return false;
        }
      },
      step.what);
}

bool ClientPlay::pass(core::Duration time) {
  stage_.run_until([] { return false; }, time);
  return true;
}

void ClientPlay::world_changed(const core::json::Value& /*world*/) {
  stage_.link().watch(stage_.options().client.streams);
}

bool ClientPlay::over() const { return Play::over() || convergence_.over() || stage_.flooded(); }

bool ClientPlay::refused(const Refusal& refusal) {
  return stop_short(Verdict::kError, refusal.what + ": " + refusal.actual);
}

std::string ClientPlay::faults_given(const std::string& rules) { return faults_of_reads(rules); }

// --- records ------------------------------------------------------------------------------------

bool ClientPlay::act(const RunStep& step) { return apply_run(step.body); }

bool ClientPlay::apply_run(const std::string& body) {
  return good_run(caller_.run(stage_.filled(whole_run(body))), true);
}

// Up to the record of that id. What the server does wrong meanwhile is not held against a client.
bool ClientPlay::act(const PruneStep& step) {
  Findings not_held;
  LawContext context{caller_, not_held};
  context.given.stream = step.prune.stream;
  const Walk walk = RecordReader(context).walk(kWholeStream);
  const auto last = std::find_if(walk.records.begin(), walk.records.end(), [&](const auto& record) {
    return "@" + record.id == step.prune.until;
  });
  if (last == walk.records.end()) {
    return stop_short(Verdict::kError,
                      "there is no record '" + step.prune.until.substr(1) + "' to prune up to");
  }
  const Answer answer = prune(step.prune.stream, last->cursor, kWholeStream);
  if (answer.status() != 200) {
    return stop_short(Verdict::kError, "the prune was refused: " + shortened(answer.body()));
  }
  prune_model(step.prune.stream, walk.records, last->cursor, kWholeStream);
  return true;
}

// --- processes ----------------------------------------------------------------------------------

bool ClientPlay::act(const ProcessStep& step) {
  if (step.worker > 1) convergence_.expect_workers(step.worker);
  switch (step.what) {
    case ProcessStep::What::kStarts:
      return start(step.worker, step.wait);
    case ProcessStep::What::kIsKilled:
      stage_.kill_client(step.worker);
      break;
    case ProcessStep::What::kStops:
      stage_.stop_client(step.worker);
      convergence_.excuse(stage_.client(step.worker).life);  // it was asked to
      break;
  }
  convergence_.take_dump(convergence_.all_dead());
  return true;
}

bool ClientPlay::start(int worker, bool wait) {
  const auto started = stage_.start_client(worker);
  if (!started) return stop_short(Verdict::kError, started.error().message);
  if (!wait) return true;
  const int life = stage_.client(worker).life;
  const auto spoken = [&] {
    const auto& exchanges = stage_.history().exchanges;
    return std::any_of(exchanges.begin(), exchanges.end(),
                       [&](const Exchange& e) { return e.life == life && !e.stream.empty(); });
  };
  const core::Time began = stage_.now();
  stage_.run_until([&] { return spoken() || !stage_.client(worker).alive; }, kToSpeak);
  if (spoken() || stage_.client(worker).alive) {
    stage_.waited(VainWaits::For::kRequest, stage_.now() - began, kToSpeak, spoken());
  }
  if (!spoken()) return never_spoke(worker);
  stage_.run_until([&] { return stage_.listening(worker) || !stage_.client(worker).alive; },
                   kToListen);
  if (plan_.client.needs_webhooks && stage_.client(worker).alive && !stage_.listening(worker)) {
    return stop_short(Verdict::kSkip, "the client takes no webhooks");
  }
  return true;
}

bool ClientPlay::never_spoke(int worker) {
  if (ended_at_once(worker)) return false;
  if (stage_.armed() || !stage_.client(worker).alive) {
    convergence_.check_alive(worker);
    return true;
  }
  findings_.add({.verdict = too_late(),
                 .clause = "CLIENT-1",
                 .invariant = "V1",
                 .what = "the client never spoke: no request for records came",
                 .expected = "GET /records for each of its streams",
                 .actual = "nothing within " + text_of(kToSpeak) + because_too_slow()});
  return false;
}

// A command that does not run, or a client that gives up before it has asked for anything.
bool ClientPlay::ended_at_once(int worker) {
  const ClientState state = stage_.client(worker);
  if (state.alive || !state.exit_status || stage_.armed() || convergence_.may_die()) return false;
  convergence_.excuse(state.life);
  findings_.add({.clause = "",
                 .invariant = "V1",
                 .what = "the client's process ended before it asked for anything, with status " +
                         std::to_string(*state.exit_status),
                 .expected = "a process that asks for its streams",
                 .actual = convergence_.last_words(worker)});
  stop();
  return true;
}

bool ClientPlay::act(const KillStep& step) {
  stage_.arm(step);
  return true;
}

bool ClientPlay::act(const DiskStep& step) {
  set_disk_full(step.full);
  return true;
}

void ClientPlay::set_disk_full(bool full) {
  if (full == disk_full_) return;
  disk_full_ = full;
  stage_.set_disk_full(full);
  stage_.link().set_unstorable(full);
}

// --- waiting ------------------------------------------------------------------------------------

bool ClientPlay::act(const WaitStep& step) {
  switch (step.what) {
    case WaitStep::What::kConverged:
      convergence_.wait(step.within, true);
      return true;
    case WaitStep::What::kQuiet:
      wait_for_quiet(step);
      return true;
    case WaitStep::What::kRequests:
      return wait_for_requests(step);
    case WaitStep::What::kFired:
      return wait_for_fault(step);
    case WaitStep::What::kDead:
      return wait_for_death(step);
  }
  return true;
}

// A client that has no processor is quiet, too: that does not count.
void ClientPlay::wait_for_quiet(const WaitStep& step) {
  const ClientWire& link = stage_.link();
  const auto patience = [&](core::Time from) {
    return Patience(from, step.quiet_for, [this] { return stage_.starved(); });
  };
  core::Time last = link.last_request_at();
  std::optional<Patience> quiet = patience(last);
  stage_.run_until(
      [&] {
        if (link.in_flight() > 0 || link.last_request_at() != last) {
          last = link.last_request_at();
          quiet.reset();  // measuring costs something, and it begins anew until it is quiet
          return false;
        }
        if (!quiet) quiet = patience(stage_.now());
        return quiet->over(stage_.now());
      },
      step.within);
}

bool ClientPlay::wait_for_requests(const WaitStep& step) {
  const auto enough = [&] { return checks_.requests_since_mark() >= step.count; };
  if (stage_.run_until(enough, step.within)) return true;
  convergence_.check_alive(1);
  const std::string asked = std::to_string(checks_.requests_since_mark());
  findings_.add(
      {.verdict = too_late(),
       .clause = "CLIENT-3",
       .invariant = "V1",
       .what = "the client asked only " + asked + " times for records",
       .expected = "at least " + std::to_string(step.count) + " within " + text_of(step.within),
       .actual = asked + because_too_slow()});
  return true;
}

// What did not come in time proves nothing on a machine that let nobody run.
Verdict ClientPlay::too_late() const {
  return stage_.machine_too_slow().empty() ? Verdict::kFail : Verdict::kInconclusive;
}

std::string ClientPlay::because_too_slow() const {
  return stage_.machine_too_slow().empty() ? "" : "; " + stage_.machine_too_slow();
}

bool ClientPlay::wait_for_fault(const WaitStep& step) {
  const auto struck = [&] { return stage_.fired(step.fault).value_or(0) > 0; };
  if (stage_.run_until(struck, step.within)) return true;
  convergence_.check_alive(1);
  return stop_short(Verdict::kInconclusive, "the fault '" + step.fault +
                                                "' did not strike within " + text_of(step.within) +
                                                ": nothing was proved");
}

bool ClientPlay::wait_for_death(const WaitStep& step) {
  if (!stage_.run_until([&] { return !stage_.client(1).alive; }, step.within)) {
    return stop_short(Verdict::kInconclusive,
                      "the moment of the kill did not come within " + text_of(step.within));
  }
  kill_reached_ = true;
  convergence_.take_dump(convergence_.all_dead());
  return true;
}

// --- the server and the way to it ---------------------------------------------------------------

bool ClientPlay::act(const WireStep& step) {
  look_at_wire_rules();
  stage_.link().set_rules(step.rules);
  for (const WireRule& rule : step.rules) wire_rules_.insert(rule.id);
  return true;
}

void ClientPlay::look_at_wire_rules() {
  for (const std::string& id : std::exchange(wire_rules_, {})) {
    if (stage_.fired(id).value_or(0) == 0) note_never_struck(id);
  }
}

bool ClientPlay::act(const BetweenPagesStep& step) {
  stage_.link().between_pages(step.after, [this, body = step.run] { apply_run(body); });
  return true;
}

bool ClientPlay::act(const ClockStep& step) {
  stage_.shift_server_clock(step.by);
  return true;
}

bool ClientPlay::act(const WebhookStep& step) {
  if (!stage_.listening(1) && stage_.client(1).alive) {
    return stop_short(Verdict::kSkip, "the client takes no webhooks");
  }
  post_webhooks(step.webhook, stage_, findings_);
  return true;
}

// --- checks -------------------------------------------------------------------------------------

bool ClientPlay::act(const MarkStep& /*step*/) {
  checks_.mark();
  return true;
}

bool ClientPlay::act(const CheckStep& step) {
  if (step.check.what == ClientCheck::What::kConverged) {
    convergence_.wait(0s, true);
  } else {
    checks_.check(step.check);
  }
  return true;
}

// Faults stop, a dead client is started again, and it has to get there.
void ClientPlay::finish() {
  if (!kill_reached_ && plan_.sweeps() && !stage_.armed()) kill_reached_ = true;
  if (stage_.flooded()) {
    findings_.add({.clause = "CLIENT-9",
                   .invariant = "I10",
                   .what = "the client asks without end",
                   .expected = "far fewer requests",
                   .actual = "more than " + std::to_string(ClientStage::kFlood) + " requests"});
  } else if (!over()) {
    look_at_faults();
    look_at_wire_rules();
    caller_.control("PUT", "/faults", "[]");
    stage_.link().set_rules({});
    set_disk_full(false);
    if (!plan_.client.may_stop) let_converge();
    for (const Step& check : plan_.expect) act(std::get<CheckStep>(check.what));
  }
  // First: a cursor ahead of its records is why records are lost.
  findings_.add_first(find_broken_invariants(convergence_.evidence()));
}

void ClientPlay::let_converge() {
  if (plan_.sweeps() && stage_.armed()) convergence_.wait(kToConverge, false);
  if (plan_.sweeps() && !stage_.armed()) kill_reached_ = true;
  if (convergence_.all_dead()) {
    convergence_.check_alive(1);
    convergence_.take_dump(true);
    caller_.note(EventKind::kStep, "the client is started again");
    start(1, true);
  }
  if (!convergence_.wait(kToConverge, true)) return;
  stage_.run_until([this] { return convergence_.all_dead(); }, kToDigest);
  if (convergence_.all_dead()) convergence_.check_alive(1);
}

}  // namespace terapi::conformance
