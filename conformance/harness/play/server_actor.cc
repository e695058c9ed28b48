#include "conformance/harness/play/server_actor.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "conformance/contract/timestamp.h"
#include "conformance/harness/play/judge_hostile.h"
#include "conformance/laws/answer_expectation.h"
#include "conformance/laws/continuity.h"
#include "conformance/laws/delivery_law.h"
#include "conformance/laws/webhook_expectation.h"
#include "core/check.h"
#include "core/duration.h"
#include "core/json.h"
#include "core/json_writer.h"
#include "core/url.h"

namespace terapi::conformance {

namespace json = core::json;

namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string asked_for(const core::Request& request) {
  return request.method + " " + shortened(request.target, 120);
}

std::string name_of(const StreamAsked& stream) {
  return stream_name(stream.integration, stream.connection, stream.model, stream.variant);
}

}  // namespace

ServerActor::ServerActor(const Scenario& scenario, ServerStage& stage,
                         const ServerPlayOptions& options, History& history)
    : scenario_(scenario),
      stage_(stage),
      options_(options),
      wire_(stage, history, options.read_only),
      witness_(stage, history, wire_, findings_) {
  wire_.set_secret_key(stage.secret_key());
}

void ServerActor::begin() {
  if (!stage_.has_control() || options_.read_only) return;
  if (!scenario_.given.empty()) put_world(scenario_.given);
  if (!scenario_.faults.empty() && broken_.empty()) act(FaultsStep{scenario_.faults});
}

void ServerActor::play(const Step& step) {
  wire_.note(EventKind::kStep, step.text);
  clause_ = step.clause.empty() ? scenario_.clauses.front() : step.clause;
  std::visit([&](const auto& what) { act(what); }, step.what);
}

void ServerActor::end() {
  expect_fired();
  judge_webhooks(witness_.take_news());
}

Answer ServerActor::must(const std::string& method, std::string_view path, std::string body) {
  Answer answer = wire_.control(method, path, std::move(body));
  if (answer.status() >= 200 && answer.status() < 300) return answer;
  if (broken_.empty()) {
    broken_ = method + " /_simulator" + std::string(path) + " failed: " +
              (answer.came() ? std::to_string(answer.status()) + " " + shortened(answer.body(), 400)
                             : answer.response.error().message);
  }
  return answer;
}

void ServerActor::put_world(const std::string& world) {
  const std::string text = filled(world);
  must("PUT", "/world", text);
  if (!broken_.empty()) return;
  const auto document = json::Document::parse(text);
  TERAPI_CHECK(document.has_value(), "a world that was taken is JSON");
  own_data_ = true;
  walks_.clear();
  if (document->root()["environments"].present()) {
    wire_.forget_model();
  } else {
    wire_.model().apply_world(document->root());
    set_policy(AnnouncePolicy::of_world(document->root()));
  }
  learn_keys();
}

void ServerActor::learn_keys() {
  const Answer answer = must("GET", "/environment");
  const auto settings = json::Document::parse(answer.body());
  if (!settings) {
    if (broken_.empty()) broken_ = "GET /_simulator/environment: " + settings.error().message;
    return;
  }
  const std::string secret = settings->root()["secret_key"].string();
  const json::Value signing = settings->root()["signing_key"];
  if (!secret.empty()) wire_.set_secret_key(secret);
  witness_.set_keys(secret, signing.is_string() ? signing.string() : secret);
}

void ServerActor::set_policy(AnnouncePolicy policy) {
  if (policy == policy_) return;
  policy_ = std::move(policy);
  wire_.count_policy();
}

core::Time ServerActor::server_time() {
  if (!stage_.exact_time()) return stage_.now();
  const auto clock = json::Document::parse(must("GET", "/clock").body());
  return read_timestamp(clock ? clock->root()["now"].string() : "").value_or(stage_.now());
}

// A run in which a fault never struck has tested nothing.
void ServerActor::expect_fired() {
  if (faults_.empty()) return;
  const Answer answer = must("GET", "/faults");
  const auto list = json::Document::parse(answer.body());
  if (!list || list->root()["faults"].size() == 0) {
    if (broken_.empty()) broken_ = "GET /_simulator/faults does not list the faults that were put";
    return;
  }
  for (const json::Value rule : list->root()["faults"].items()) {
    if (rule["fired"].integer().value_or(0) > 0) continue;
    unproven_ = "the fault '" + rule["id"].string() + "' never struck";
  }
}

LawContext ServerActor::asking(StreamAsked stream) {
  LawContext context{wire_, findings_};
  context.given.stream = std::move(stream);
  return context;
}

// --- steps ---

void ServerActor::act(const RunStep& step) {
  for (std::int64_t i = 0; i < step.times; ++i) {
    const Answer answer = wire_.run(filled(step.body));
    const auto told = json::Document::parse(answer.body());
    if (answer.status() != 200 || !told) {
      broken_ = "a run was not taken: " + shortened(answer.body(), 400);
      return;
    }
    const auto expect = [&](const char* name, std::optional<std::int64_t> count,
                            const std::string& clause) {
      const auto actual = told->root()[name].integer();
      if (!count || (actual && *actual == *count)) return;
      findings_.fail(clause, "a run counts its changes otherwise",
                     std::string(name) + ": " + std::to_string(*count),
                     std::string(told->root()[name].text()), answer.events);
    };
    expect("added", step.expect.added, "META-4");
    expect("updated", step.expect.updated, "META-4");
    expect("deleted", step.expect.deleted, "META-6");
    expect("unchanged", step.expect.unchanged, "META-5");
    if (wire_.has_model()) {
      const RunCounts& counts = wire_.runs().back().counts;
      expect("added", static_cast<std::int64_t>(counts.added), "META-4");
      expect("updated", static_cast<std::int64_t>(counts.updated), "META-5");
      expect("deleted", static_cast<std::int64_t>(counts.deleted), "META-6");
    }
    const auto deliveries = static_cast<std::int64_t>(told->root()["deliveries"].size());
    if (step.expect.deliveries && deliveries != *step.expect.deliveries) {
      findings_.fail("HOOK-1", "a run is announced another number of times",
                     std::to_string(*step.expect.deliveries), std::to_string(deliveries),
                     answer.events);
    }
  }
}

core::Request ServerActor::request_of(const AskStep& step) {
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
  request.target = filled(step.target);
  if (!step.target.empty()) return request;
  Query query;
  if (!core::find_parameter(step.query, "model")) query.emplace_back("model", stream.model);
  if (stream.variant != "base" && !core::find_parameter(step.query, "variant")) {
    query.emplace_back("variant", stream.variant);
  }
  for (const auto& [name, value] : step.query) query.emplace_back(name, resolved(value));
  request.target = "/records" + query_text(query);
  return request;
}

void ServerActor::act(const AskStep& step) {
  for (std::int64_t i = 0; i < step.times && broken_.empty(); ++i) {
    const core::Request request = request_of(step);
    if (!broken_.empty()) return;
    const std::string asked = asked_for(request);
    const bool head = request.method == "HEAD";
    const Answer answer = wire_.call(request);
    check_answer(step.expect, answer, stage_.dialect(), clause_, asked, findings_);
    if (head && !answer.body().empty()) {
      findings_.fail("REC-2", "an answer to HEAD has a body", "none", shortened(answer.body()),
                     answer.events);
    }
    if (!answer.came() || answer.status() >= 400) {
      LawContext context = asking({});
      RecordReader(context).expect_alive(asked);
    } else if (auto page = read_page(answer.body(), stage_.dialect())) {
      remember(page->records, page->next_cursor);
    }
  }
}

void ServerActor::act(const ReadStep& step) {
  LawContext context = asking(where(step.stream));
  Query query;
  for (const auto& [name, value] : step.query) query.emplace_back(name, resolved(value));
  if (!broken_.empty()) return;
  const Walk walk = RecordReader(context).walk(step.limit, query);
  remember(walk.records, std::nullopt);
  const std::string asked = "all of " + name_of(context.given.stream);
  check_records(step.expect, walk.records, walk.events, clause_, asked, findings_);
  if (!query.empty() || !walk.whole) return;
  Walk& before = walks_[name_of(context.given.stream)];
  check_continuity(before, walk, stage_.dialect(), findings_);
  before = walk;
}

void ServerActor::act(const LawStep& step) {
  for (const Law* law : step.laws) {
    LawContext context{wire_, findings_, step.parameters};
    context.given.stream = where(step.parameters.stream);
    context.given.seed = options_.seed != 0 ? options_.seed : scenario_.seed;
    if (wire_.has_model()) context.model = wire_.model().stream(name_of(context.given.stream));
    std::optional<DeliveriesSeen> seen;
    if (law->needs.webhooks && stage_.has_control() && wire_.has_model()) {
      std::string receiver = stage_.receiver_url("/");
      seen.emplace(DeliveriesSeen{wire_.runs(), witness_.seen(), resent_, policy_, wire_.policy(),
                                  server_time(), stage_.exact_time(), wire_.waits(),
                                  policy_.certain() ? uncertain_ : "chance decides when they come",
                                  std::move(receiver)});
      context.deliveries = &*seen;
    }
    law->check(context);
    if (!context.unproven.empty() && unproven_.empty()) {
      unproven_ = std::string(law->name) + ": " + context.unproven;
    }
  }
}

void ServerActor::act(const ReceiverStep& step) {
  Receiver receiver = step.receiver;
  for (ReceiverAnswer& answer : receiver.answers) {
    for (auto& [name, value] : answer.headers) value = filled(value);
  }
  witness_.answer_so(std::move(receiver));
}

void ServerActor::act(const SettingsStep& step) {
  const std::string changes = filled(step.changes);
  must("PATCH", "/environment", changes);
  if (!broken_.empty()) return;
  if (const auto settings = json::Document::parse(changes)) {
    AnnouncePolicy policy = policy_;
    policy.change(settings->root());
    set_policy(std::move(policy));
  }
  learn_keys();
}

void ServerActor::act(const PassStep& step) {
  if (!stage_.exact_time()) {
    stage_.run_until([] { return false; }, step.by);
    return;
  }
  wire_.count_wait();
  must("POST", "/clock/advance", R"({"by":")" + core::format_duration(step.by) + "\"}");
}

void ServerActor::act(const IdleStep& /*step*/) {
  wire_.count_wait();
  must("POST", "/clock/run-until-idle");
}

void ServerActor::act(const PruneStep& step) {
  const StreamAsked stream = where(step.prune.stream);
  const std::string cursor = resolved(step.prune.until);
  if (!broken_.empty()) return;
  json::Writer body;
  body.begin_object().field("model", stream.model).field("until_cursor", cursor);
  if (stream.variant != "base") body.field("variant", stream.variant);
  if (step.prune.limit) body.field("limit", *step.prune.limit);
  AskStep ask;
  ask.method = "PATCH";
  ask.target = "/records/prune";
  ask.stream = stream;
  ask.body = body.end_object().take();
  // What is pruned is found by reading before: all up to the cursor that still has a payload.
  LawContext context = asking(stream);
  const Walk before = RecordReader(context).walk(1000);
  const Answer answer = wire_.call(request_of(ask));
  const auto told = json::Document::parse(answer.body());
  if (answer.status() != 200 || !told) {
    findings_.fail(clause_, "records were not pruned", "200", shortened(answer.body()),
                   answer.events);
    return;
  }
  std::int64_t count = 0;
  const std::int64_t most = step.prune.limit.value_or(1000);
  for (const ServedRecord& record : before.records) {
    if (!record.pruned_at && count < most) {
      wire_.model().prune(name_of(stream), record.id);
      ++count;
    }
    if (record.cursor == cursor) break;
  }
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

void ServerActor::act(const ResendStep& step) {
  const std::vector<std::string> ids = witness_.deliveries();
  if (step.delivery > ids.size()) {
    findings_.fail(clause_, "there is no delivery to send again",
                   std::to_string(step.delivery) + " deliveries", std::to_string(ids.size()));
    return;
  }
  resent_.insert(ids[step.delivery - 1]);
  const Answer answer = wire_.control("POST", "/deliveries/" + ids[step.delivery - 1] + "/resend");
  const bool fine = step.expect.status == 200 ? answer.status() / 100 == 2
                                              : answer.status() == step.expect.status;
  if (fine) return;
  findings_.fail(clause_, "a delivery could not be sent again by hand",
                 std::to_string(step.expect.status),
                 std::to_string(answer.status()) + " " + shortened(answer.body()), answer.events);
}

void ServerActor::act(const FaultsStep& step) {
  expect_fired();
  must("PUT", "/faults", filled(step.rules));
  faults_ = step.rules == "[]" ? "" : step.rules;
  if (!faults_.empty()) uncertain_ = "faults may change what comes when";
}

void ServerActor::act(const WorldStep& step) { put_world(step.world); }

void ServerActor::act(const HostileStep& step) {
  const auto server = core::parse_url(stage_.base_url());
  if (!server || server->scheme != "http") {
    unproven_ = "a hostile request takes a server with an address of http://";
    return;
  }
  LawContext context = asking({});
  const HostileRequest request{.server = *server,
                               .headers = RecordReader(context).headers(),
                               .kind = step.kind,
                               .connections = static_cast<std::size_t>(step.connections)};
  const HostileJudgement judgement =
      judge_hostile(request, step.expect.status, clause_, wire_, findings_);
  if (!judgement.answers) broken_ = "the server does not answer any more";
  if (!judgement.unproven.empty()) unproven_ = judgement.unproven;
}

void ServerActor::act(const WebhooksStep& step) {
  const std::vector<WebhookSeen> news = witness_.take_news();
  check_expected(step.expected, news, stage_.dialect(), stage_.exact_time(), findings_);
  judge_webhooks(news);
}

// --- what holds of every webhook ---

void ServerActor::judge_webhooks(const std::vector<WebhookSeen>& news) {
  for (const auto& attempts : by_delivery(news)) {
    check_attempts_alike(attempts, stage_.dialect(), findings_);
    judge_announcement(*attempts.front());
  }
}

void ServerActor::judge_announcement(const WebhookSeen& webhook) {
  if (!wire_.has_model()) return;
  const auto& runs = wire_.runs();
  const auto run = std::find_if(runs.begin(), runs.end(), [&](const RunSeen& each) {
    return std::find(each.deliveries.begin(), each.deliveries.end(), webhook.delivery) !=
           each.deliveries.end();
  });
  const auto body = json::Document::parse(webhook.request.body);
  if (run == runs.end() || !body || body->root()["type"].string() != "sync") return;
  check_counts(webhook, *run, findings_);
  const ModelStream* stream = wire_.model().stream(run->stream);
  if (stream == nullptr || run->failed) return;
  LawContext context =
      asking({body->root()["providerConfigKey"].string(), body->root()["connectionId"].string(),
              body->root()["model"].string(), body->root()["syncVariant"].string()});
  if (name_of(context.given.stream) != run->stream) {
    findings_.fail("HOOK-2", "a webhook names another stream than the run's", run->stream,
                   name_of(context.given.stream), {webhook.event});
    return;
  }
  check_modified_after_covers(webhook, *run, *stream, RecordReader(context).walk(1000), findings_);
}

// --- texts ---

void ServerActor::remember(const std::vector<ServedRecord>& records,
                           const std::optional<std::string>& next) {
  for (const ServedRecord& record : records) sights_[record.id] = record;
  next_cursor_ = next.value_or("");
}

StreamAsked ServerActor::where(StreamAsked stream) const {
  const StreamAsked usual;
  if (own_data_ || name_of(stream) != name_of(usual)) return stream;
  return options_.stream;
}

std::string ServerActor::filled(std::string text) const {
  if (text.find('{') == std::string::npos) return text;
  std::string receiver = stage_.receiver_url("/");
  if (receiver.ends_with('/')) receiver.pop_back();
  text = replaced(std::move(text), "{receiver}", receiver);
  return replaced(std::move(text), "{refusing}", stage_.refusing_url());
}

std::string ServerActor::resolved(const std::string& text) {
  if (!text.starts_with('@')) return filled(text);
  if (text == "@next") return next_cursor_;
  const std::size_t dot = text.rfind('.');
  std::string id = text.substr(1);
  std::string member = "cursor";
  if (dot != std::string::npos && !sights_.contains(id)) {
    member = text.substr(dot + 1);
    id = text.substr(1, dot - 1);
  }
  const auto found = sights_.find(id);
  if (found == sights_.end()) {
    findings_.fail("REC-1", "a record that should have been served was not", id, "never seen");
    broken_ = "the scenario speaks of the record '" + id + "', which was never read";
    return "";
  }
  const ServedRecord& record = found->second;
  if (member == "last_modified_at") return record.last_modified_at;
  if (member == "first_seen_at") return record.first_seen_at;
  if (member == "deleted_at") return record.deleted_at.value_or("");
  return record.cursor;
}

std::string ServerActor::resolved_body(std::string text) {
  text = filled(std::move(text));
  for (std::size_t at = text.find("\"@"); at != std::string::npos; at = text.find("\"@", at + 1)) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string::npos) break;
    text.replace(at + 1, end - at - 1, resolved(text.substr(at + 1, end - at - 1)));
  }
  return text;
}

}  // namespace terapi::conformance
