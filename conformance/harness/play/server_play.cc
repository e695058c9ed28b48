#include "conformance/harness/play/server_play.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "conformance/contract/timestamp.h"
#include "conformance/harness/play/judge_hostile.h"
#include "conformance/harness/play/judge_kept_connection.h"
#include "conformance/laws/answer_expectation.h"
#include "conformance/laws/asked_time.h"
#include "conformance/laws/continuity.h"
#include "conformance/laws/delivery_law.h"
#include "conformance/laws/moving_data.h"
#include "conformance/laws/webhook_expectation.h"
#include "conformance/scenario/written_out.h"
#include "core/check.h"
#include "core/duration.h"
#include "core/json.h"
#include "core/parse_number.h"
#include "core/url.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

// More than this is not waited for in real time.
constexpr core::Duration kLongestWait = std::chrono::seconds(15);
constexpr std::size_t kOfOneSentence = 3;  // findings; of more, the number is told
// Busy machines let a process stand still for some tenths of this.
constexpr core::Duration kSoon = std::chrono::seconds(2);

std::string asked_for(const core::Request& request) {
  return request.method + " " + shortened(request.target, 120);
}

}  // namespace

// On a machine that is too slow, what somebody would be accused of by time alone shows nothing.
template <typename Check>
void ServerPlay::check_in_time(const Check& check) {
  Timing timing{stage_.exact_time(), stage_.slack(), stage_.too_slow()};
  const std::size_t before = findings_.count();
  check(timing, findings_);
  if (timing.too_slow.empty()) return;
  const std::size_t found = findings_.count() - before;
  Findings with_time;
  const std::string reason = std::exchange(timing.too_slow, "");
  check(timing, with_time);
  if (with_time.count() > found) unproven(reason);
}

std::string ServerPlay::why_not_played(const Scenario& scenario, const ServerStage& stage,
                                       const ServerPlayOptions& options) {
  const bool virtual_world = stage.world() == "virtual";
  if (virtual_world ? !scenario.in_virtual : !scenario.over_http) {
    return "not for this world: " + scenario.worlds_why;
  }
  const std::string_view dialect = stage.dialect().name;
  if (!scenario.speaks(dialect)) return scenario.why_not_in(dialect);
  if (options.read_only && !scenario.any_data) return kItWrites;
  if (!stage.has_control() && !scenario.any_data) {
    return "it needs the control API: --control-url";
  }
  for (const Step& step : scenario.plan.steps) {
    if (!step.is_for(dialect)) continue;
    const bool raw = std::holds_alternative<HostileStep>(step.what) ||
                     std::holds_alternative<KeptConnectionStep>(step.what);
    if (raw && !stage.base_url().starts_with("http://")) {
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

ServerPlay::ServerPlay(const Scenario& scenario, ServerStage& stage,
                       const ServerPlayOptions& options)
    : Play(scenario, stage,
           {.read_only = options.read_only, .pages = options.told || !scenario.sometimes.empty()},
           kOfOneSentence),
      stage_(stage),
      options_(options),
      witness_(stage, caller_, findings_),
      background_(stage, sync_acts_, findings_) {
  stage.begin(options.told);
  // On data that is not its own, a scenario may find nothing to look at.
  set_unproven_verdict(Verdict::kSkip);
}

void ServerPlay::begin() {
  if (!stage_.has_control() || options_.read_only) return;
  if (!scenario_.given.empty()) {
    if (!has_external_apis()) return;
    put_world(scenario_.given);
    if (options_.stretch != 1 && !over()) stretch_retries();
  }
  if (!scenario_.faults.empty() && !over()) put_faults(scenario_.faults);
}

bool ServerPlay::times_out_soon(const Scenario& scenario) {
  const auto world = json::Document::parse(whole_world(scenario.given), {.comments = true});
  if (!world) return false;
  const auto timeout =
      core::parse_duration(world->root()["environment"]["retry"]["timeout"].string());
  return timeout && *timeout < kSoon;
}

void ServerPlay::stretch_retries() {
  const Answer answer = must("GET", "/environment");
  const auto settings = json::Document::parse(answer.body());
  if (!settings) return;
  std::string retry;
  for (const char* name : {"first_delay", "max_delay", "timeout"}) {
    const auto time = core::parse_duration(settings->root()["retry"][name].string());
    if (!time) continue;
    if (!retry.empty()) retry += ',';
    retry +=
        '"' + std::string(name) + R"(":")" + core::format_duration(*time * options_.stretch) + '"';
  }
  if (!retry.empty()) must("PATCH", "/environment", R"({"retry":{)" + retry + "}}");
}

// A server that has none is not asked to take a world that does.
bool ServerPlay::has_external_apis() {
  const auto world = json::Document::parse(whole_world(scenario_.given), {.comments = true});
  if (!world || !world->root()["upstream"].present()) return true;
  const Answer answer = caller_.control("GET", "/upstream");
  if (answer.status() == 200) return true;
  return stop_short(Verdict::kSkip,
                    "the server simulates no external APIs: GET /_simulator/upstream answers " +
                        std::to_string(answer.status()));
}

bool ServerPlay::act(const Step& step) {
  Findings before = findings_;
  std::visit(
      [this](const auto& what) {
        if constexpr (requires { act(what); }) {
          act(what);
        } else {
          TERAPI_CHECK(false, "a step of a client's scenario");
        }
      },
      step.what);
  return go_on_asking(std::move(before)) && !over();
}

// What a step found when there were no answers any more is no finding of the server's.
bool ServerPlay::go_on_asking(Findings before) {
  const std::string why = stage_.out_of_budget();
  if (why.empty()) return true;
  findings_ = std::move(before);
  return stop_short(Verdict::kSkip, why);
}

void ServerPlay::finish() {
  witness_.check_readings();
  for (const Step& step : scenario_.plan.expect) {
    if (over() || !play(step)) return;
  }
  if (over()) return;
  look_at_faults();
  witness_.check_readings();
  judge_webhooks(witness_.take_news());
  if (policy_.certain() && !faults_were_put()) {
    background_.check_all_announced(runs_at_idle_);
    background_.check_notices(witness_.seen(), notices_at_idle_);
  }
}

void ServerPlay::world_changes() {
  witness_.check_readings();
  witness_.await_keys();
  world_began_ = stage_.history().events().size();
}

void ServerPlay::world_changed(const json::Value& world) {
  own_data_ = true;
  set_unproven_verdict(Verdict::kInconclusive);
  walks_.clear();
  background_.forget();
  if (caller_.has_model()) set_policy(AnnouncePolicy::of_world(world, stage_.dialect()));
  background_.set_policy(policy_);
  learn_keys();
  runs_at_idle_ = notices_at_idle_ = 0;
  after_background({});
}

void ServerPlay::after_background(const std::optional<SyncKey>& triggered) {
  if (over() || !caller_.has_model() || !stage_.syncs().any()) return;
  background_.settle(
      triggered, [this](core::Duration time) { pass(time); }, [this] { return sync_time(); });
}

bool ServerPlay::refused(const Refusal& refusal) {
  findings_.fail(refusal.clause, refusal.what, refusal.expected, refusal.actual, refusal.events);
  stop();
  return false;
}

// In real time nothing is due that was not asked for: no sync runs more often than scenarios last.
core::Time ServerPlay::sync_time() { return stage_.exact_time() ? server_time() : core::Time{}; }

void ServerPlay::learn_keys() {
  const Answer answer = must("GET", "/environment");
  const auto settings = json::Document::parse(answer.body());
  if (!settings) {
    stop_short(Verdict::kError, "GET /_simulator/environment: " + settings.error().message);
    return;
  }
  const std::string secret = settings->root()["secret_key"].string();
  const json::Value signing = settings->root()["signing_key"];
  if (!secret.empty()) caller_.set_secret_key(secret);
  witness_.set_keys(secret, signing.is_string() ? signing.string() : secret);
}

void ServerPlay::set_policy(AnnouncePolicy policy) {
  if (policy == policy_) return;
  policy_ = std::move(policy);
  caller_.count_policy();
  background_.set_policy(policy_);
}

core::Time ServerPlay::server_time() {
  if (!stage_.exact_time()) return stage_.now();
  const auto clock = json::Document::parse(must("GET", "/clock").body());
  return read_timestamp(clock ? clock->root()["now"].string() : "").value_or(stage_.now());
}

// --- steps ---

void ServerPlay::act(const RunStep& step) {
  for (std::int64_t i = 0; i < step.times && !over(); ++i) {
    const Answer answer = caller_.run(stage_.filled(whole_run(step.body)));
    if (good_run(answer, false)) check_run(step.expect, answer);
  }
}

void ServerPlay::check_run(const RunStep::Expected& expect, const Answer& answer) {
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

// What is pruned is found by reading before: all up to the cursor that still has a payload.
void ServerPlay::act(const PruneStep& step) {
  const StreamAsked stream = where(step.prune.stream);
  const std::string cursor = resolved(step.prune.until);
  if (over()) return;
  LawContext context = asking(stream);
  const Walk before = RecordReader(context).walk(1000);
  const Answer answer = prune(stream, cursor, step.prune.limit);
  const auto told = json::Document::parse(answer.body());
  if (answer.status() != 200 || !told) {
    findings_.fail(clause_, "records were not pruned", "200", shortened(answer.body()),
                   answer.events);
    return;
  }
  const std::int64_t count =
      prune_model(stream, before.records, cursor, step.prune.limit.value_or(1000));
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
}

core::Request ServerPlay::request_of(const AskStep& step) {
  const StreamAsked stream = where(step.stream);
  LawContext context = asking(stream);
  core::Request request;
  request.method = step.method;
  request.headers = step.bare ? core::Headers() : RecordReader(context).headers();
  if (step.key) request.headers.set("Authorization", "Bearer " + *step.key);
  request.body = resolved_body(step.body);
  if (!request.body.empty() && !step.bare) request.headers.set("Content-Type", "application/json");
  for (const auto& [name, value] : step.headers) {
    if (value) {
      request.headers.set(name, resolved(*value));
    } else {
      request.headers.erase(name);
    }
  }
  request.target = stage_.filled(step.target);
  if (!step.target.empty()) return request;
  Query query;
  if (!core::find_parameter(step.query, "model")) query.emplace_back("model", stream.model);
  if (stream.variant != "base" && !core::find_parameter(step.query, "variant")) {
    query.emplace_back("variant", stream.variant);
  }
  for (const auto& [name, value] : step.query) {
    query.emplace_back(name, resolved_in_query(name, value));
  }
  request.target = "/records" + query_text(query);
  return request;
}

void ServerPlay::act(const AskStep& step) {
  for (std::int64_t i = 0; i < step.times && !over(); ++i) {
    const core::Request request = request_of(step);
    if (over()) return;
    const std::string asked = asked_for(request);
    const bool head = request.method == "HEAD";
    const Answer answer = caller_.call(request);
    if (auto page = read_page(answer.body(), stage_.dialect()); page && answer.status() == 200) {
      read_.remember(page->records, page->next_cursor);
    }
    check_answer(
        step.expect, answer, stage_.dialect(), clause_, asked, findings_,
        [&](ServedPage& page, std::size_t wanted) { return complete(request, page, wanted); });
    if (head && !answer.body().empty()) {
      findings_.fail("REC-2", "an answer to HEAD has a body", "none", shortened(answer.body()),
                     answer.events);
    }
    if (!answer.came() || answer.status() >= 400) {
      LawContext context = asking({});
      RecordReader(context).expect_alive(asked);
    }
  }
}

// Within the limit that was asked for: what a short page has left out.
std::vector<std::size_t> ServerPlay::complete(const core::Request& asked, ServedPage& page,
                                              std::size_t wanted) {
  std::vector<std::size_t> events;
  const auto target = core::parse_target(asked.target);
  if (!target || asked.method != "GET") return events;
  const std::size_t limit =
      core::parse_number<std::size_t>(target->get("limit").value_or("100")).value_or(0);
  const std::size_t all = std::min(wanted, limit);
  while (page.next_cursor && !page.records.empty() && page.records.size() < all) {
    Query query;
    for (const auto& [name, value] : target->query) {
      if (name != "cursor" && name != "limit") query.emplace_back(name, value);
    }
    query.emplace_back("cursor", *page.next_cursor);
    query.emplace_back("limit", std::to_string(limit - page.records.size()));
    core::Request next = asked;
    next.target = target->path + query_text(query);
    const Answer answer = caller_.call(std::move(next));
    auto more = read_page(answer.body(), stage_.dialect());
    events.insert(events.end(), answer.events.begin(), answer.events.end());
    if (answer.status() != 200 || !more || more->records.empty()) break;
    std::move(more->records.begin(), more->records.end(), std::back_inserter(page.records));
    page.next_cursor = std::move(more->next_cursor);
  }
  read_.remember(page.records, page.next_cursor);
  return events;
}

void ServerPlay::act(const ReadStep& step) {
  LawContext context = asking(where(step.stream));
  Query query;
  for (const auto& [name, value] : step.query) {
    query.emplace_back(name, resolved_in_query(name, value));
  }
  if (over()) return;
  const Walk walk = RecordReader(context).walk(step.limit, query);
  read_.remember(walk.records, std::nullopt);
  const std::string asked = "all of " + stream_name(context.given.stream);
  check_records(step.expect, walk.records, walk.events, clause_, asked, findings_);
  if (!query.empty() || !walk.whole) return;
  Walk& before = walks_[stream_name(context.given.stream)];
  check_continuity(before, walk, stage_.dialect(), findings_);
  before = walk;
}

void ServerPlay::act(const LawStep& step) {
  for (const Law* law : step.laws) {
    LawContext context{caller_, findings_, step.parameters};
    context.given.stream = where(step.parameters.stream);
    context.given.seed = options_.seed != 0 ? options_.seed : scenario_.seed;
    if (caller_.has_model())
      context.model = caller_.model().stream(stream_name(context.given.stream));
    context.given.thrifty = options_.thrifty;
    if (law->needs.webhooks && stage_.has_control() && caller_.has_model()) {
      check_in_time([&](const Timing& timing, Findings& findings) {
        const DeliveriesSeen seen = deliveries_seen(timing);
        LawContext by_time{caller_, findings, context.given, context.model, &seen};
        law->check(by_time);
        context.unproven = by_time.unproven;
      });
    } else if (stage_.has_control() && !options_.read_only) {
      law->check(context);
    } else {
      check_on_moving_data(*law, context, options_.sample);
    }
    if (!context.unproven.empty()) unproven(std::string(law->name) + ": " + context.unproven);
  }
}

DeliveriesSeen ServerPlay::deliveries_seen(const Timing& timing) {
  std::string uncertain = faults_were_put() ? "faults may change what comes when" : "";
  if (!policy_.certain()) uncertain = "chance decides when they come";
  std::set<std::string> others;
  for (const WebhookSeen& webhook : witness_.seen()) {
    const auto body = json::Document::parse(webhook.request.body);
    const bool of_a_sync = body && body->root()["type"].string() == "sync";
    if (!of_a_sync || stage_.syncs().any()) others.insert(webhook.delivery);
  }
  return {
      caller_.runs(),          witness_.seen(), resent_, std::move(others), policy_,
      caller_.policy(),        server_time(),   timing,  caller_.waits(),   std::move(uncertain),
      stage_.receiver_url("/")};
}

void ServerPlay::act(const ReceiverStep& step) {
  Receiver receiver = step.receiver;
  for (ReceiverAnswer& answer : receiver.answers) {
    for (auto& [name, value] : answer.headers) value = stage_.filled(value);
  }
  witness_.answer_so(std::move(receiver));
}

void ServerPlay::act(const SettingsStep& step) {
  const std::string changes = stage_.filled(step.changes);
  must("PATCH", "/environment", changes);
  if (over()) return;
  if (const auto settings = json::Document::parse(changes)) {
    AnnouncePolicy policy = policy_;
    policy.change(settings->root());
    set_policy(std::move(policy));
  }
  learn_keys();
}

bool ServerPlay::pass(core::Duration time) {
  if (!stage_.exact_time()) {
    stage_.run_until([] { return false; }, time);
    return true;
  }
  caller_.count_wait();
  must("POST", "/clock/advance", R"({"by":")" + core::format_duration(time) + "\"}");
  return !over();
}

void ServerPlay::act(const IdleStep& /*step*/) {
  caller_.count_wait();
  must("POST", "/clock/run-until-idle");
  after_background({});
  runs_at_idle_ = stage_.syncs().runs().size();
  notices_at_idle_ = sync_acts_.notices().size();
}

void ServerPlay::act(const ResendStep& step) {
  const std::vector<std::string> ids = witness_.deliveries();
  if (step.delivery > ids.size()) {
    findings_.fail(clause_, "there is no delivery to send again",
                   std::to_string(step.delivery) + " deliveries", std::to_string(ids.size()));
    return;
  }
  resent_.insert(ids[step.delivery - 1]);
  const Answer answer =
      caller_.control("POST", "/deliveries/" + ids[step.delivery - 1] + "/resend");
  const bool fine = step.expect.status == 200 ? answer.status() / 100 == 2
                                              : answer.status() == step.expect.status;
  if (fine) return;
  findings_.fail(clause_, "a delivery could not be sent again by hand",
                 std::to_string(step.expect.status),
                 std::to_string(answer.status()) + " " + shortened(answer.body()), answer.events);
}

void ServerPlay::act(const HostileStep& step) {
  const auto server = core::parse_url(stage_.base_url());
  if (!server || server->scheme != "http") {
    return unproven("a hostile request takes a server with an address of http://");
  }
  LawContext context = asking({});
  HostileRequest request{.server = *server,
                         .headers = RecordReader(context).headers(),
                         .kind = step.kind,
                         .connections = static_cast<std::size_t>(step.connections),
                         .wants_end = !step.held.has_value()};
  if (step.held) request.limits.time = *step.held;
  const HostileJudgement judgement =
      judge_hostile(request, step.expect.status, clause_, caller_, findings_);
  if (!judgement.answers) stop_short(Verdict::kError, "the server no longer answers");
  if (!judgement.unproven.empty()) unproven(judgement.unproven);
}

void ServerPlay::act(const KeptConnectionStep& /*step*/) {
  const auto server = core::parse_url(stage_.base_url());
  if (!server || server->scheme != "http") {
    return unproven("raw bytes take a server with an address of http://");
  }
  LawContext context = asking({});
  judge_kept_connection(*server, RecordReader(context).headers(),
                        "/records?model=" + core::percent_encode(context.given.stream.model),
                        clause_, caller_, findings_);
}

void ServerPlay::act(const WebhooksStep& step) {
  witness_.check_readings();
  const std::vector<WebhookSeen> news = witness_.take_news();
  auto expected = step.expected;
  if (expected.gaps) {
    for (core::Duration& gap : *expected.gaps) gap *= options_.stretch;
  }
  check_in_time([&](const Timing& timing, Findings& findings) {
    check_expected(expected, news, stage_.dialect(), timing, findings);
  });
  judge_webhooks(news);
}

// --- what holds of every webhook ---

void ServerPlay::judge_webhooks(const std::vector<WebhookSeen>& news) {
  for (const auto& attempts : by_delivery(news)) {
    check_attempts_alike(attempts, stage_.dialect(), findings_);
    judge_announcement(*attempts.front());
  }
}

void ServerPlay::judge_announcement(const WebhookSeen& webhook) {
  if (!caller_.has_model()) return;
  const RunSeen* run = caller_.run_of(webhook.delivery);
  const auto body = json::Document::parse(webhook.request.body);
  if (!body || body->root()["type"].string() != "sync") return;
  std::optional<RunSeen> in_background;
  if (run == nullptr && stage_.syncs().any() && webhook.event >= world_began_) {
    in_background = background_.announced_by(webhook);
    if (in_background) run = &*in_background;
  }
  if (run == nullptr) return;
  check_counts(webhook, *run, findings_);
  const ModelStream* stream = caller_.model().stream(run->stream);
  if (stream == nullptr || run->failed) return;
  LawContext context =
      asking({body->root()["providerConfigKey"].string(), body->root()["connectionId"].string(),
              body->root()["model"].string(), body->root()["syncVariant"].string()});
  if (stream_name(context.given.stream) != run->stream) {
    findings_.fail("HOOK-2", "a webhook names another stream than the run's", run->stream,
                   stream_name(context.given.stream), {webhook.event});
    return;
  }
  check_modified_after_covers(webhook, *run, *stream, RecordReader(context).walk(1000),
                              stage_.dialect(), findings_);
}

// --- texts and streams ---

LawContext ServerPlay::asking(StreamAsked stream) {
  LawContext context{caller_, findings_};
  context.given.stream = std::move(stream);
  return context;
}

std::string ServerPlay::resolved(const std::string& text) {
  return text.starts_with('@') ? resolved_by(read_.resolved(text)) : stage_.filled(text);
}

// A time that was served is asked for as the dialect has it.
std::string ServerPlay::resolved_in_query(const std::string& name, const std::string& text) {
  std::string value = resolved(text);
  if (!text.starts_with('@') || (name != "modified_after" && name != "delta")) return value;
  const auto time = read_timestamp(value);
  if (!time || !stage_.dialect().habits.asks_for_times_with_z) return value;
  return asked_time(*time, stage_.dialect());
}

std::string ServerPlay::resolved_body(const std::string& text) {
  return resolved_by(read_.resolved_in(stage_.filled(text)));
}

std::string ServerPlay::resolved_by(core::Result<std::string> text) {
  if (text) return *std::move(text);
  const std::string& id = text.error().message;
  findings_.fail("REC-1", "a record that should have been served was not", id, "never seen");
  stop_short(Verdict::kError,
             "the scenario speaks of the record '" + id + "', which was never read");
  return "";
}

StreamAsked ServerPlay::where(StreamAsked stream) const {
  const StreamAsked usual;
  if (own_data_ || stream_name(stream) != stream_name(usual)) return stream;
  return options_.stream;
}

}  // namespace terapi::conformance
