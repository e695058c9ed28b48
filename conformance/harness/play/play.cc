#include "conformance/harness/play/play.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "conformance/evidence/sometimes.h"
#include "conformance/scenario/written_out.h"
#include "core/check.h"
#include "core/json_writer.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// A SHOULD that is not kept is a warning; what is only told is told.
Verdict weighed(Verdict verdict, ScenarioLevel level) {
  if (level == ScenarioLevel::kMust || verdict == Verdict::kError) return verdict;
  const Verdict most = level == ScenarioLevel::kShould ? Verdict::kWarn : Verdict::kInfo;
  return verdict == Verdict::kFail || verdict == Verdict::kWarn ? std::min(verdict, most) : verdict;
}

// As PATCH /records/prune takes it.
std::string prune_body(const StreamAsked& stream, const std::string& cursor,
                       std::optional<std::int64_t> limit) {
  json::Writer body;
  body.begin_object().field("model", stream.model).field("until_cursor", cursor);
  if (stream.variant != "base") body.field("variant", stream.variant);
  if (limit) body.field("limit", *limit);
  return body.end_object().take();
}

}  // namespace

Play::Play(const Scenario& scenario, Stage& stage, CallerOptions options, std::size_t findings)
    : scenario_(scenario),
      stage_(stage),
      findings_(findings),
      caller_(stage, options),
      sync_acts_(stage, caller_, [this](core::Duration time) { pass(time); }) {}

Played Play::run() {
  begin();
  for (const Step& step : scenario_.plan.steps) {
    if (over() || !play(step)) break;
  }
  finish();
  return conclude();
}

bool Play::play(const Step& step) {
  if (!step.is_for(stage_.dialect().name)) return true;
  caller_.note(EventKind::kStep, step.text);
  clause_ = step.clause.empty() ? scenario_.clauses.front() : step.clause;
  if (const auto* faults = std::get_if<FaultsStep>(&step.what)) return put_faults(faults->rules);
  if (const auto* world = std::get_if<WorldStep>(&step.what)) return put_world(world->world);
  if (const auto* time = std::get_if<PassStep>(&step.what)) {
    before_background();
    const bool passed = pass(time->by);
    after_background({});
    return passed && !over_;
  }
  if (const auto* upstream = std::get_if<UpstreamStep>(&step.what)) return act_on_syncs(*upstream);
  if (const auto* sync = std::get_if<SyncStep>(&step.what)) return act_on_syncs(*sync);
  if (const auto* come = std::get_if<ConnectStep>(&step.what)) return act_on_syncs(*come);
  if (const auto* gone = std::get_if<DisconnectStep>(&step.what)) return act_on_syncs(*gone);
  if (const auto* write = std::get_if<WriteStep>(&step.what)) return act_on_syncs(*write);
  return act(step);
}

template <typename SyncAct>
bool Play::act_on_syncs(const SyncAct& step) {
  before_background();
  if (const auto refusal = sync_acts_.act(step, sync_time())) return refused(*refusal);
  std::optional<SyncKey> triggered;
  if constexpr (std::is_same_v<SyncAct, SyncStep>) {
    if (step.what == SyncStep::What::kTrigger) {
      triggered = SyncKey{step.integration, step.connection, step.name, step.variant};
    }
  }
  after_background(triggered);
  return !over_;
}

bool Play::good_run(const Answer& answer, bool later) {
  if (answer.status() == 200 || (later && answer.status() == 202)) return true;
  return stop_short(Verdict::kError,
                    "a run was not accepted: " + (answer.came() ? shortened(answer.body(), 400)
                                                                : answer.response.error().message));
}

bool Play::put_world(const std::string& world) {
  const std::string text = stage_.filled(whole_world(world));
  world_changes();
  must("PUT", "/world", text);
  if (over_) return false;
  const auto document = json::Document::parse(text, {.comments = true});
  TERAPI_CHECK(document.has_value(), "a world that was taken is JSON");
  caller_.model().apply_world(document->root());
  const bool syncs =
      document->root()["upstream"].present() || document->root()["templates"].present();
  stage_.syncs().apply_world(document->root(), syncs ? sync_time() : core::Time{});
  if (document->root()["environments"].present()) caller_.forget_model();
  world_changed(document->root());
  return !over_;
}

// --- pruning ------------------------------------------------------------------------------------

Answer Play::prune(const StreamAsked& stream, const std::string& cursor,
                   std::optional<std::int64_t> limit) {
  core::Request request;
  request.method = "PATCH";
  request.target = "/records/prune";
  request.headers = {{"Authorization", "Bearer " + caller_.secret_key()},
                     {"Provider-Config-Key", stream.integration},
                     {"Connection-Id", stream.connection},
                     {"Content-Type", "application/json"}};
  request.body = prune_body(stream, cursor, limit);
  return caller_.call(std::move(request));
}

std::int64_t Play::prune_model(const StreamAsked& stream, const std::vector<ServedRecord>& records,
                               const std::string& cursor, std::int64_t limit) {
  const std::string name = stream_name(stream);
  std::int64_t count = 0;
  for (const ServedRecord& record : records) {
    if (!record.pruned_at && count < limit) {
      caller_.model().prune(name, record.id);
      ++count;
    }
    if (record.cursor == cursor) break;
  }
  caller_.note(EventKind::kRun, std::to_string(count) + " payloads are pruned", name);
  return count;
}

// --- faults -------------------------------------------------------------------------------------

bool Play::put_faults(const std::string& rules) {
  look_at_faults();
  const std::string text = stage_.filled(rules);
  must("PUT", "/faults", faults_given(text));
  if (over_) return false;
  const auto document = json::Document::parse(text, {.comments = true});
  TERAPI_CHECK(document.has_value(), "fault rules that were taken are JSON");
  for (const json::Value rule : document->root().items()) {
    // What strikes a run's reading changes nothing of how runs are announced.
    faults_were_put_ = faults_were_put_ || rule["on"].string() != "upstream";
    faults_.push_back(rule["id"].string());
    caller_.note(EventKind::kFault, "from now on: " + json::compact(rule));
  }
  return true;
}

// A play in which a fault never struck has tested nothing.
void Play::look_at_faults() {
  for (const std::string& id : std::exchange(faults_, {})) {
    const auto times = stage_.fired(id);
    if (!times) {
      stop_short(Verdict::kError, times.error().message);
    } else if (*times == 0) {
      note_never_struck(id);
    }
  }
}

// --- calls --------------------------------------------------------------------------------------

Answer Play::must(const std::string& method, std::string_view path, std::string body) {
  Answer answer = caller_.control(method, path, std::move(body));
  if (answer.status() >= 200 && answer.status() < 300) return answer;
  stop_short(Verdict::kError, method + " /_simulator" + std::string(path) + " failed: " +
                                  (answer.came() ? std::to_string(answer.status()) + " " +
                                                       shortened(answer.body(), 400)
                                                 : answer.response.error().message));
  return answer;
}

// --- the verdict --------------------------------------------------------------------------------

bool Play::stop_short(Verdict verdict, std::string reason) {
  if (reason_.empty()) {
    reason_verdict_ = verdict;
    reason_ = std::move(reason);
  }
  stop();
  return false;
}

void Play::unproven(std::string why) {
  if (unproven_.empty()) unproven_ = std::move(why);
}

void Play::check_sometimes() {
  if (scenario_.plan.sweeps()) return;  // of some of its plays only
  for (const std::string& word : scenario_.sometimes) {
    if (happened(word, stage_.history())) continue;
    unproven("never seen: " + word + ", so nothing was proved");
  }
}

Played Play::conclude() {
  Played played;
  played.kill_reached = kill_reached_;
  Verdict verdict = Verdict::kPass;
  for (Finding& finding : findings_.take()) {
    finding.verdict = weighed(finding.verdict, scenario_.level);
    verdict = graver(verdict, finding.verdict);
    for (const std::size_t number : finding.events) {
      if (number < stage_.history().events().size()) stage_.history().event(number).bad = true;
    }
    played.findings.push_back(std::move(finding));
  }
  check_sometimes();
  if (!never_struck_.empty()) {
    std::string ids;
    for (const std::string& id : never_struck_) ids += (ids.empty() ? "'" : ", '") + id + "'";
    unproven("never struck: " + ids + ", so nothing was proved");
  }
  played.verdict = verdict;
  played.reason = reason_;
  // It may be the subject's own doing that the story cannot go on; then that was found.
  if (verdict == Verdict::kFail) return played;
  if (!reason_.empty()) {
    played.verdict = reason_verdict_;
  } else if (!unproven_.empty()) {
    played.verdict = unproven_verdict_;
    played.reason = unproven_;
  }
  return played;
}

}  // namespace terapi::conformance
