#include "conformance/harness/play/sync_acts.h"

#include <chrono>
#include <utility>

#include "core/duration.h"
#include "core/json.h"
#include "core/json_writer.h"
#include "core/url.h"

namespace terapi::conformance {

namespace json = core::json;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kCredential = "the-judge-s-own-credential";
constexpr core::Duration kBetweenTries = 50ms;
constexpr int kLooks = 200;  // for an asynchronous action's result: 10 s

std::string told(const Answer& answer) {
  if (!answer.came()) return answer.response.error().message;
  return std::to_string(answer.status()) + " " + shortened(answer.body(), 400);
}

std::string path_of(const ExternalChange& change) {
  return "/upstream/" + core::percent_encode(change.integration) + "/" +
         core::percent_encode(change.connection) + "/" + core::percent_encode(change.collection);
}

std::string trigger_body(const SyncStep& step) {
  json::Writer body;
  body.begin_object().key("syncs").begin_array();
  if (step.variant == "base") {
    body.string(step.name);
  } else {
    body.begin_object().field("name", step.name).field("variant", step.variant).end_object();
  }
  body.end_array()
      .field("provider_config_key", step.integration)
      .field("connection_id", step.connection);
  if (step.reset || step.empty_cache) {
    body.key("opts").begin_object().field("reset", step.reset);
    if (step.empty_cache) body.field("emptyCache", true);
    body.end_object();
  }
  return body.end_object().take();
}

std::string frequency_body(const SyncStep& step) {
  json::Writer body;
  body.begin_object()
      .field("sync_name", step.name)
      .field("provider_config_key", step.integration)
      .field("connection_id", step.connection);
  if (step.variant != "base") body.field("sync_variant", step.variant);
  body.key("frequency");
  if (step.every) {
    body.string(core::format_duration(*step.every));
  } else {
    body.null();
  }
  return body.end_object().take();
}

std::string connection_body(const std::string& integration, const std::string& connection) {
  json::Writer body;
  body.begin_object().field("provider_config_key", integration).field("connection_id", connection);
  return body.end_object().take();
}

// Is everything that was written in what came back?
bool holds(const json::Value& whole, const json::Value& part) {
  for (const json::Member member : part.members()) {
    if (!json::same_value(whole[member.key.string()], member.value)) return false;
  }
  return true;
}

}  // namespace

// --- asking -------------------------------------------------------------------------------------

Answer SyncActs::ask(const Asked& asked) {
  core::Request request;
  request.method = asked.method;
  request.target = asked.target;
  request.headers = {{"Authorization", "Bearer " + caller_.secret_key()}};
  if (!asked.connection.empty()) {
    request.headers.set("Provider-Config-Key", asked.integration);
    request.headers.set("Connection-Id", asked.connection);
  }
  if (asked.later) request.headers.set("X-Async", "true");
  if (!asked.body.empty()) request.headers.set("Content-Type", "application/json");
  request.body = asked.body;
  return caller_.call(std::move(request));
}

std::optional<Refusal> SyncActs::must(const Asked& asked, std::string_view clause, Answer* answer) {
  Answer got = ask(asked);
  std::optional<Refusal> refusal;
  if (!got.came() || got.status() < 200 || got.status() > 299) {
    refusal = Refusal{std::string(clause), asked.method + " " + asked.target + " was refused",
                      "2xx", told(got), got.events};
  }
  if (answer != nullptr) *answer = std::move(got);
  return refusal;
}

std::optional<Refusal> SyncActs::must_control(const std::string& method, const std::string& path,
                                              std::string body, std::string_view clause) {
  const Answer answer = caller_.control(method, path, std::move(body));
  if (answer.came() && answer.status() >= 200 && answer.status() < 300) return std::nullopt;
  return Refusal{std::string(clause), method + " /_simulator" + path + " was refused", "2xx",
                 told(answer), answer.events};
}

// --- external APIs ------------------------------------------------------------------------------

std::optional<Refusal> SyncActs::act(const UpstreamStep& step, core::Time now) {
  const ExternalChange& change = step.change;
  const std::string path = path_of(change);
  json::Writer lists;
  lists.begin_object();
  for (const auto& [name, text] : {std::pair{"save", &change.save},
                                   {"update", &change.update},
                                   {"delete", &change.gone},
                                   {"replace", &change.replace}}) {
    if (!text->empty()) lists.raw_field(name, *text);
  }
  const auto read = json::Document::parse(lists.end_object().take(), {.max_depth = 100'000});
  const json::Value given = read->root();
  stage_.syncs()
      .provide(change.integration, change.connection, change.collection, now)
      .change(given);
  if (!change.behaves.empty()) {
    stage_.syncs().behave(change.integration, change.connection, change.collection,
                          json::Document::parse(change.behaves)->root());
    if (auto refusal = must_control("PATCH", path, change.behaves, "SYNC-3")) return refusal;
  }
  for (const json::Value object : given["save"].items()) {
    if (auto refusal = must_control("PUT", path + "/" + core::percent_encode(id_text(object["id"])),
                                    json::compact(object), "SYNC-3")) {
      return refusal;
    }
  }
  if (!change.update.empty()) {
    if (auto refusal = must_control("PATCH", path, change.update, "SYNC-3")) return refusal;
  }
  for (const json::Value id : given["delete"].items()) {
    const Answer answer = caller_.control("DELETE", path + "/" + core::percent_encode(id_text(id)));
    if (!answer.came() || (answer.status() / 100 != 2 && answer.status() != 404)) {
      return Refusal{"SYNC-3", "an object of the external API could not be deleted", "2xx",
                     told(answer), answer.events};
    }
  }
  if (change.replace.empty()) return std::nullopt;
  return must_control("PUT", path, change.replace, "SYNC-3");
}

// --- syncs --------------------------------------------------------------------------------------

// Before the server is asked: what it does at once has to be known by then.
void SyncActs::tell(const SyncStep& step, const SyncKey& key, core::Time now) {
  SyncModel& syncs = stage_.syncs();
  switch (step.what) {
    case SyncStep::What::kTrigger:
      return syncs.run(key,
                       {.reset = step.reset || step.empty_cache,
                        .empty_cache = step.empty_cache,
                        .fails_after = step.fails_after},
                       now);
    case SyncStep::What::kPause:
      return syncs.pause(key);
    case SyncStep::What::kStart:
      return syncs.start(key, now);
    case SyncStep::What::kEnable:
      return syncs.set_enabled(step.integration, step.name, true, now);
    case SyncStep::What::kDisable:
      return syncs.set_enabled(step.integration, step.name, false, now);
    case SyncStep::What::kFrequency:
      return syncs.set_frequency(key, step.every, now);
    case SyncStep::What::kAddVariant:
      return syncs.add_variant(key, now);
    case SyncStep::What::kRemoveVariant:
      return syncs.remove_variant(key);
  }
}

std::optional<Refusal> SyncActs::act(const SyncStep& step, core::Time now) {
  const SyncKey key{step.integration, step.connection, step.name, step.variant};
  tell(step, key, now);
  stage_.model_changed();
  const std::string variant =
      "/sync/" + core::percent_encode(step.name) + "/variant/" + core::percent_encode(step.variant);
  switch (step.what) {
    case SyncStep::What::kTrigger:
      return must({"POST", "/sync/trigger", trigger_body(step)}, "SYNC-5");
    case SyncStep::What::kPause:
      return must({"POST", "/sync/pause", trigger_body(step)}, "SYNC-5");
    case SyncStep::What::kStart:
      return must({"POST", "/sync/start", trigger_body(step)}, "SYNC-5");
    case SyncStep::What::kEnable:
    case SyncStep::What::kDisable:
      return must_control(
          "PATCH",
          "/integrations/" + core::percent_encode(step.integration) + "/endpoints/" +
              core::percent_encode(step.name),
          step.what == SyncStep::What::kEnable ? R"({"enabled":true})" : R"({"enabled":false})",
          "SYNC-1");
    case SyncStep::What::kFrequency:
      return must({"PUT", "/sync/update-connection-frequency", frequency_body(step)}, "SYNC-5");
    case SyncStep::What::kAddVariant:
      return must({"POST", variant, connection_body(step.integration, step.connection)}, "SYNC-5");
    case SyncStep::What::kRemoveVariant:
      return must({"DELETE", variant, connection_body(step.integration, step.connection)},
                  "SYNC-5");
  }
  return std::nullopt;
}

std::optional<SyncActs::Status> SyncActs::status(const SyncKey& key) {
  const Answer answer =
      ask({"GET", "/sync/status" + query_text({{"syncs", key.sync},
                                               {"provider_config_key", key.integration},
                                               {"connection_id", key.connection}})});
  const auto body = json::Document::parse(answer.body());
  if (!body || answer.status() != 200) return std::nullopt;
  for (const json::Value sync : body->root()["syncs"].items()) {
    const std::string variant = sync["variant"].string();
    if (sync["name"].string() != key.sync || (!variant.empty() && variant != key.variant)) continue;
    return Status{sync["status"].string(), sync["finishedAt"].string()};
  }
  return std::nullopt;
}

// --- connections --------------------------------------------------------------------------------

std::optional<Refusal> SyncActs::act(const ConnectStep& step, core::Time now) {
  stage_.syncs().connect(step.integration, step.id, now);
  notices_.push_back({"auth", step.integration, step.id});
  json::Writer body;
  body.begin_object()
      .field("provider_config_key", step.integration)
      .field("connection_id", step.id)
      .key("credentials")
      .begin_object()
      .field("type", "API_KEY")
      .field("apiKey", kCredential)
      .end_object();
  if (auto refusal = must({"POST", "/connections", body.end_object().take()}, "SYNC-6")) {
    return refusal;
  }
  return look_for_credentials();
}

std::optional<Refusal> SyncActs::look_for_credentials() {
  Answer list;
  if (auto refusal = must({"GET", "/connections"}, "SYNC-6", &list)) return refusal;
  if (list.body().find(kCredential) == std::string::npos) return std::nullopt;
  return Refusal{"SYNC-6", "a list of connections shows a credential", "none",
                 shortened(list.body(), 400), list.events};
}

std::optional<Refusal> SyncActs::act(const DisconnectStep& step, core::Time /*now*/) {
  stage_.syncs().disconnect(step.integration, step.id);
  stage_.model_changed();
  return must({"DELETE", "/connections/" + core::percent_encode(step.id) +
                             query_text({{"provider_config_key", step.integration}})},
              "SYNC-6");
}

// --- writing back -------------------------------------------------------------------------------

std::optional<Refusal> SyncActs::act(const WriteStep& step, core::Time /*now*/) {
  const Writing& write = step.write;
  Answer answer;
  if (write.proxy.empty()) {
    json::Writer body;
    body.begin_object().field("action_name", write.action);
    body.raw_field("input", write.input.empty() ? "{}" : write.input).end_object();
    auto refusal = must(
        {"POST", "/action/trigger", body.take(), write.integration, write.connection, write.later},
        "WRITE-1", &answer);
    if (!refusal && write.later) {
      notices_.push_back({"async_action", write.integration, write.connection});
      refusal = await_output(answer);
    }
    return refusal ? refusal : take_effect(write, answer, "WRITE-1");
  }
  std::string target = "/proxy/" + core::percent_encode(write.collection);
  const auto input = json::Document::parse(write.input.empty() ? "{}" : write.input);
  if (write.does != Writing::Does::kCreate) {
    target += "/" + core::percent_encode(id_text(input->root()["id"]));
  }
  const std::string body = write.does == Writing::Does::kDelete ? "" : write.input;
  auto refusal =
      must({write.proxy, target, body, write.integration, write.connection}, "WRITE-2", &answer);
  if (!refusal) refusal = take_effect(write, answer, "WRITE-2");
  if (!refusal && write.does == Writing::Does::kDelete) refusal = look_for_deleted(write, target);
  return refusal;
}

// The external API's own status comes through.
std::optional<Refusal> SyncActs::look_for_deleted(const Writing& write, const std::string& target) {
  const Answer answer = ask({"GET", target, "", write.integration, write.connection});
  if (answer.status() == 404) return std::nullopt;
  return Refusal{"WRITE-2", "the proxy does not give back the external API's status",
                 "404 for what was deleted", told(answer), answer.events};
}

std::optional<Refusal> SyncActs::await_output(Answer& answer) {
  const auto begun = json::Document::parse(answer.body());
  const std::string id = begun ? begun->root()["id"].string() : "";
  const std::string url = begun ? begun->root()["statusUrl"].string() : "";
  if (id.empty() || url != "/action/" + id) {
    return Refusal{"WRITE-1", "an asynchronous action does not say where its result will be",
                   R"({"id":…,"statusUrl":"/action/…"})", shortened(answer.body()), answer.events};
  }
  for (int i = 0; i < kLooks; ++i) {
    if (!must({"GET", url}, "WRITE-1", &answer)) return std::nullopt;
    if (answer.status() != 404) break;
    wait_(kBetweenTries);
  }
  return Refusal{"WRITE-1", "the result of an action never came", "2xx within 10 s", told(answer),
                 answer.events};
}

std::optional<Refusal> SyncActs::take_effect(const Writing& write, const Answer& answer,
                                             std::string_view clause) {
  ExternalCollection* collection =
      stage_.syncs().collection(write.integration, write.connection, write.collection);
  if (collection == nullptr) {
    return Refusal{std::string(clause), "what was written went to a collection that is not there",
                   write.collection, told(answer), answer.events};
  }
  const auto input = json::Document::parse(write.input.empty() ? "{}" : write.input);
  if (write.does == Writing::Does::kDelete) {
    collection->remove(id_text(input->root()["id"]));
    return std::nullopt;
  }
  const auto object = json::Document::parse(answer.body(), {.max_depth = 100'000});
  if (!object || !object->root()["id"].present() || !holds(object->root(), input->root())) {
    return Refusal{std::string(clause), "what was written is not in what the external API answered",
                   shortened(write.input), told(answer), answer.events};
  }
  collection->put(id_text(object->root()["id"]), json::compact(object->root()));
  return std::nullopt;
}

}  // namespace terapi::conformance
