#include "conformance/harness/play/play.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "conformance/evidence/sometimes.h"
#include "core/check.h"
#include "core/json_writer.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

constexpr std::uint64_t kWholeStream = 10'000;  // the largest page that there is (REC-5)

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

Play::Play(const Scenario& scenario, Stage& stage, CallerOptions options)
    : scenario_(scenario), stage_(stage), caller_(stage, options) {}

Played Play::run() {
  begin();
  for (const Step& step : scenario_.plan.steps) {
    if (over() || !play(step)) break;
  }
  finish();
  return conclude();
}

bool Play::play(const Step& step) {
  caller_.note(EventKind::kStep, step.text);
  clause_ = step.clause.empty() ? scenario_.clauses.front() : step.clause;
  return std::visit(
      [&](const auto& what) {
        if constexpr (requires { play(what); }) {
          return play(what);
        } else {
          return act(step);
        }
      },
      step.what);
}

// --- runs ---------------------------------------------------------------------------------------

bool Play::play(const RunStep& step) {
  for (std::int64_t i = 0; i < step.times; ++i) {
    if (!apply_run(step.body, step.expect)) return false;
  }
  return true;
}

bool Play::apply_run(const std::string& body, const RunStep::Expected& expect) {
  const Answer answer = caller_.run(stage_.filled(body));
  // 202: it is committed later, as a fault wants it.
  if (answer.status() != 200 && answer.status() != 202) {
    return stop_short(Verdict::kError, "a run was not accepted: " +
                                           (answer.came() ? shortened(answer.body(), 400)
                                                          : answer.response.error().message));
  }
  if (scenario_.judges == Subject::kServer) check_run_counts(answer, expect);
  return !over();
}

void Play::check_run_counts(const Answer& answer, const RunStep::Expected& expect) {
  const auto told = json::Document::parse(answer.body());
  if (!told) {
    stop_short(Verdict::kError, "a run's answer cannot be read: " + shortened(answer.body(), 400));
    return;
  }
  const auto check = [&](const char* name, std::optional<std::int64_t> count, const char* clause) {
    const auto actual = told->root()[name].integer();
    if (!count || (actual && *actual == *count)) return;
    findings_.fail(clause, "a run counts its changes otherwise",
                   std::string(name) + ": " + std::to_string(*count),
                   std::string(told->root()[name].text()), answer.events);
  };
  check("added", expect.added, "META-4");
  check("updated", expect.updated, "META-4");
  check("deleted", expect.deleted, "META-6");
  check("unchanged", expect.unchanged, "META-5");
  if (caller_.has_model()) {
    const RunCounts& counts = caller_.runs().back().counts;
    check("added", static_cast<std::int64_t>(counts.added), "META-4");
    check("updated", static_cast<std::int64_t>(counts.updated), "META-5");
    check("deleted", static_cast<std::int64_t>(counts.deleted), "META-6");
  }
  const auto deliveries = static_cast<std::int64_t>(told->root()["deliveries"].size());
  if (expect.deliveries && deliveries != *expect.deliveries) {
    findings_.fail("HOOK-1", "a run is announced the wrong number of times",
                   std::to_string(*expect.deliveries), std::to_string(deliveries), answer.events);
  }
}

// --- worlds -------------------------------------------------------------------------------------

bool Play::put_world(const std::string& world) {
  const std::string text = stage_.filled(world);
  must("PUT", "/world", text);
  if (over_) return false;
  const auto document = json::Document::parse(text, {.comments = true});
  TERAPI_CHECK(document.has_value(), "a world that was taken is JSON");
  if (document->root()["environments"].present()) {
    caller_.forget_model();
  } else {
    caller_.model().apply_world(document->root());
  }
  world_changed(document->root());
  return !over();
}

// --- pruning ------------------------------------------------------------------------------------

// What is pruned is found by reading before: all up to the cursor that still has a payload.
bool Play::play(const PruneStep& step) {
  const StreamAsked stream = where(step.prune.stream);
  LawContext context = asking(stream);
  const Walk before = RecordReader(context).walk(kWholeStream);
  // A client's scenario has read nothing else.
  if (scenario_.judges == Subject::kClient) read_.remember(before.records, std::nullopt);
  const std::string cursor = resolved(step.prune.until);
  if (over_) return false;
  core::Request request;
  request.method = "PATCH";
  request.target = "/records/prune";
  request.headers = RecordReader(context).headers();
  request.headers.set("Content-Type", "application/json");
  request.body = prune_body(stream, cursor, step.prune.limit);
  const Answer answer = caller_.call(std::move(request));
  const auto told = json::Document::parse(answer.body());
  if (answer.status() != 200 || !told) {
    if (scenario_.judges == Subject::kClient) {
      return stop_short(Verdict::kError, "the prune was refused: " + shortened(answer.body()));
    }
    findings_.fail(clause_, "records were not pruned", "200", shortened(answer.body()),
                   answer.events);
    return true;
  }
  const auto count = static_cast<std::int64_t>(
      empty_payloads(before.records, stream_name(stream), cursor,
                     static_cast<std::size_t>(step.prune.limit.value_or(1000))));
  if (scenario_.judges == Subject::kClient) return true;
  if (told->root()["count"].integer() != step.expect.count.value_or(count)) {
    findings_.fail("PRUNE-1", "another number of records was pruned",
                   std::to_string(step.expect.count.value_or(count)),
                   std::string(told->root()["count"].text()), answer.events);
  }
  if (step.expect.has_more && told->root()["has_more"].boolean() != *step.expect.has_more) {
    findings_.fail("PRUNE-1", "has_more is not what it should be",
                   *step.expect.has_more ? "true" : "false",
                   std::string(told->root()["has_more"].text()), answer.events);
  }
  return true;
}

// In the model; how many.
std::size_t Play::empty_payloads(const std::vector<ServedRecord>& records,
                                 const std::string& stream, const std::string& cursor,
                                 std::size_t most) {
  std::size_t count = 0;
  for (const ServedRecord& record : records) {
    if (!record.pruned_at && count < most) {
      caller_.model().prune(stream, record.id);
      ++count;
    }
    if (record.cursor == cursor) break;
  }
  caller_.note(EventKind::kRun, std::to_string(count) + " payloads are pruned", stream);
  return count;
}

// --- faults -------------------------------------------------------------------------------------

bool Play::put_faults(const std::string& rules) {
  look_at_faults();
  const std::string text = stage_.filled(rules);
  must("PUT", "/faults", text);
  if (over_) return false;
  const auto document = json::Document::parse(text, {.comments = true});
  TERAPI_CHECK(document.has_value(), "fault rules that were taken are JSON");
  for (const json::Value rule : document->root().items()) {
    faults_were_put_ = true;
    faults_.push_back(rule["id"].string());
    if (faults_.back().empty()) {
      return stop_short(Verdict::kError,
                        "a fault rule has no id: nobody could see whether it struck");
    }
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
      never_struck(id);
    }
  }
}

// --- calls and texts ----------------------------------------------------------------------------

Answer Play::must(const std::string& method, std::string_view path, std::string body) {
  Answer answer = caller_.control(method, path, std::move(body));
  if (answer.status() >= 200 && answer.status() < 300) return answer;
  stop_short(Verdict::kError, method + " /_simulator" + std::string(path) + " failed: " +
                                  (answer.came() ? std::to_string(answer.status()) + " " +
                                                       shortened(answer.body(), 400)
                                                 : answer.response.error().message));
  return answer;
}

std::string Play::resolved(const std::string& text) {
  if (!text.starts_with('@')) return stage_.filled(text);
  return resolved_by(read_.resolved(text));
}

std::string Play::resolved_body(const std::string& text) {
  return resolved_by(read_.resolved_in(stage_.filled(text)));
}

std::string Play::resolved_by(core::Result<std::string> text) {
  if (text) return *std::move(text);
  const std::string& id = text.error().message;
  if (scenario_.judges == Subject::kServer) {
    findings_.fail("REC-1", "a record that should have been served was not", id, "never seen");
  }
  stop_short(Verdict::kError,
             "the scenario speaks of the record '" + id + "', which was never read");
  return "";
}

LawContext Play::asking(StreamAsked stream) {
  // What the server does wrong is not held against a client.
  LawContext context{caller_, scenario_.judges == Subject::kServer ? findings_ : not_held_};
  context.given.stream = std::move(stream);
  return context;
}

// --- findings -----------------------------------------------------------------------------------

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
    if (!happened(word, stage_.history()))
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
  if (!not_struck_.empty()) {
    std::string ids;
    for (const std::string& id : not_struck_) ids += (ids.empty() ? "'" : ", '") + id + "'";
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
