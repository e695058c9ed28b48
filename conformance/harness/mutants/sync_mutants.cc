// Servers that get syncs in the background wrong, and what is written back.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/harness/mutants/server_lists.h"
#include "conformance/harness/mutants/whole_stream.h"
#include "core/json.h"
#include "core/json_writer.h"
#include "core/url.h"

namespace terapi::conformance {
namespace {

namespace json = core::json;

bool is_call(const core::Request& request, std::string_view method, std::string_view path) {
  const std::string_view target = request.target;
  return request.method == method && target.substr(0, target.find('?')) == path;
}
bool is_below(const core::Request& request, std::string_view path) {
  return request.target.starts_with(path);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

core::Response json_answer(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

// --- what a request is made into ----------------------------------------------------------------

class ChangesRequests final : public ServerMutation {
 public:
  using Change = void (*)(core::Request& request);
  ChangesRequests(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    change_(request);
    inner(std::move(request), std::move(answered));
  }

 private:
  Change change_;
};

void ignore_empty_cache(core::Request& request) {
  if (!is_call(request, "POST", "/sync/trigger")) return;
  request.body = replaced(request.body, R"("emptyCache":true)", R"("emptyCache":false)");
}
void empty_cache_always(core::Request& request) {
  if (!is_call(request, "POST", "/sync/trigger")) return;
  request.body = replaced(request.body, R"("opts":{"reset":true})",
                          R"("opts":{"reset":true,"emptyCache":true})");
}
void reset_always(core::Request& request) {
  if (!is_call(request, "POST", "/sync/trigger") || request.body.find("opts") != std::string::npos)
    return;
  request.body.insert(request.body.size() - 1, R"(,"opts":{"reset":true})");
}
void serve_the_base(core::Request& request) {
  if (is_below(request, "/records")) request.target = replaced(request.target, "&variant=eu", "");
}
// So that a run that fails has saved nothing before.
void fail_at_the_first_page(core::Request& request) {
  if (!is_call(request, "PUT", "/_simulator/faults")) return;
  if (request.body.find(R"("on":"upstream")") == std::string::npos) return;
  request.body = replaced(request.body, R"("nth":[3])", R"("nth":[1])");
}

// --- what is answered without being done --------------------------------------------------------

class AnswersAndDoesNothing final : public ServerMutation {
 public:
  // Nothing: the request goes its way.
  using Instead = std::optional<core::Response> (*)(const core::Request& request);
  AnswersAndDoesNothing(core::Clock& clock, Instead instead)
      : ServerMutation(clock), instead_(instead) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (auto instead = instead_(request)) return answered({*std::move(instead), {}});
    inner(std::move(request), std::move(answered));
  }

 private:
  Instead instead_;
};

std::optional<core::Response> no_toggle(const core::Request& request) {
  const bool toggles = request.method == "PATCH" &&
                       is_below(request, "/_simulator/integrations/") &&
                       request.body.find("true") != std::string::npos;
  if (!toggles) return std::nullopt;
  return json_answer(200, "{}");
}
std::optional<core::Response> no_pause(const core::Request& request) {
  if (!is_call(request, "POST", "/sync/pause")) return std::nullopt;
  return json_answer(200, R"({"success":true})");
}
std::optional<core::Response> no_frequency(const core::Request& request) {
  if (!is_call(request, "PUT", "/sync/update-connection-frequency")) return std::nullopt;
  return json_answer(200, R"({"frequency":"5m"})");
}
// The external API has it still, as far as its reader can see.
std::optional<core::Response> no_deletion(const core::Request& request) {
  const bool deletes = request.method == "DELETE" && is_below(request, "/_simulator/upstream/");
  if (!deletes) return std::nullopt;
  return core::Response{204, {}, ""};
}
// {"id":777,…}: what was asked for, as if it were there now.
std::string invented(const json::Value& input) {
  json::Writer out;
  out.begin_object();
  if (!input["id"].present()) out.field("id", 777);
  for (const json::Member member : input.members()) {
    out.raw_field(member.key.string(), json::compact(member.value));
  }
  return out.end_object().take();
}
std::optional<core::Response> no_action(const core::Request& request) {
  if (!is_call(request, "POST", "/action/trigger") || request.headers.get("X-Async")) {
    return std::nullopt;
  }
  const auto body = json::Document::parse(request.body);
  if (!body || body->root()["input"].size() == 0) return std::nullopt;
  return json_answer(200, invented(body->root()["input"]));
}
std::optional<core::Response> no_writing(const core::Request& request) {
  if (!is_below(request, "/proxy/") || request.method == "GET") return std::nullopt;
  if (request.method == "DELETE") return core::Response{204, {}, ""};
  const auto body = json::Document::parse(request.body);
  if (!body || !body->root().is_object()) return std::nullopt;
  return json_answer(request.method == "POST" ? 201 : 200, invented(body->root()));
}

// --- what an answer is made into ----------------------------------------------------------------

class ChangesAnswers final : public ServerMutation {
 public:
  using Change = void (*)(const core::Request& request, core::Response& answer);
  ChangesAnswers(core::Clock& clock, Change change) : ServerMutation(clock), change_(change) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    inner(request, [this, request, answered = std::move(answered)](core::Outcome outcome) {
      change_(request, outcome.response);
      answered(std::move(outcome));
    });
  }

 private:
  Change change_;
};

void always_200(const core::Request& request, core::Response& answer) {
  if (is_below(request, "/proxy/") && answer.status == 404) answer.status = 200;
}
void always_json(const core::Request& request, core::Response& answer) {
  if (is_below(request, "/proxy/")) answer.headers.set("Content-Type", "application/json");
}

// --- what is done besides -----------------------------------------------------------------------

class DoesMore final : public ServerMutation {
 public:
  using More = void (*)(const core::Handler& inner, const core::Request& request);
  DoesMore(core::Clock& clock, More more) : ServerMutation(clock), more_(more) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    inner(request, [this, &inner, request, answered = std::move(answered)](core::Outcome outcome) {
      if (outcome.response.status < 300) more_(inner, request);
      answered(std::move(outcome));
    });
  }

 private:
  More more_;
};

core::Response public_call(const core::Handler& inner, const core::Request& like,
                           std::string method, std::string target, std::string body = "") {
  core::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = like.headers;
  if (!body.empty()) request.headers.set("Content-Type", "application/json");
  request.body = std::move(body);
  core::Response answer;
  inner(std::move(request), [&](core::Outcome outcome) { answer = std::move(outcome.response); });
  return answer;
}

void enable_each_template(const core::Handler& inner, const core::Request& request) {
  if (!is_call(request, "PUT", "/_simulator/world")) return;
  const auto world = json::Document::parse(request.body, {.comments = true});
  if (!world) return;
  for (const json::Value integration : world->root()["integrations"].items()) {
    for (const json::Value each : world->root()["templates"].items()) {
      (void)control_call(
          inner, "PATCH",
          "/integrations/" + integration["id"].string() + "/endpoints/" + each["name"].string(),
          R"({"enabled":true})");
    }
  }
}
constexpr std::string_view kStatus =
    "/sync/status?syncs=things&provider_config_key=github&connection_id=demo";
// Takes what a run that failed has not read for deleted.
void delete_after_failure(const core::Handler& inner, const core::Request& request) {
  if (!is_call(request, "POST", "/sync/trigger")) return;
  const core::Response status = public_call(inner, request, "GET", std::string(kStatus));
  if (status.body.find(R"("ERROR")") == std::string::npos) return;
  (void)control_call(inner, "POST", "/runs",
                     R"({"integration":"github","connection":"demo","model":"Issue",)"
                     R"("webhook":false,"delete":["r7","r8"]})");
}

// --- runs at once -------------------------------------------------------------------------------

// What becomes of a trigger while a run is under way.
class Queues final : public ServerMutation {
 public:
  Queues(core::Clock& clock, bool all) : ServerMutation(clock), all_(all) {}

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (is_call(request, "POST", "/sync/trigger")) {
      trigger_ = request;
      if (runs(inner)) {
        if (!all_) return answered({json_answer(200, R"({"success":true})"), {}});
        ++waiting_;
      }
    }
    const bool time_passes = is_call(request, "POST", "/_simulator/clock/advance");
    inner(std::move(request),
          [this, &inner, time_passes, answered = std::move(answered)](core::Outcome outcome) {
            if (all_ && time_passes && waiting_ > 0 && !runs(inner)) {
              --waiting_;
              inner(trigger_, [](const core::Outcome&) {});
            }
            answered(std::move(outcome));
          });
  }

 private:
  bool runs(const core::Handler& inner) const {
    const core::Response status = public_call(inner, trigger_, "GET", std::string(kStatus));
    return status.body.find(R"("RUNNING")") != std::string::npos;
  }
  const bool all_;
  core::Request trigger_;
  int waiting_ = 0;
};

// --- connections --------------------------------------------------------------------------------

class CredentialsInLists final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void answer(const core::Handler& inner, core::Request request, Answered answered) override {
    if (is_call(request, "POST", "/connections")) created_ = request.body;
    const bool list = is_call(request, "GET", "/connections");
    inner(std::move(request), [this, list, answered = std::move(answered)](core::Outcome outcome) {
      if (list && outcome.response.body.size() > 1) {
        outcome.response.body.insert(1, R"("created":)" + created_ + ",");
      }
      answered(std::move(outcome));
    });
  }

 private:
  std::string created_ = "null";
};

// --- webhooks -----------------------------------------------------------------------------------

class LosesWebhooksOfAType final : public ServerMutation {
 public:
  LosesWebhooksOfAType(core::Clock& clock, const char* type) : ServerMutation(clock), type_(type) {}

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    const auto body = json::Document::parse(webhook.body);
    if (body && body->root()["type"].string() == type_) return done(core::Response{200, {}, ""});
    inner.send(std::move(webhook), options, std::move(done));
  }

 private:
  std::string type_;
};

// Announces runs that were made by hand, and no others.
class BackgroundRunsUnannounced final : public ServerMutation {
 public:
  using ServerMutation::ServerMutation;

 protected:
  void send(core::AsyncTransport& inner, core::Request webhook, const core::SendOptions& options,
            Done done) override {
    const auto body = json::Document::parse(webhook.body);
    if (body && body->root()["syncName"].string() == "things") {
      return done(core::Response{200, {}, ""});
    }
    inner.send(std::move(webhook), options, std::move(done));
  }
};

}  // namespace

std::vector<ServerMutant> sync_mutants() {
  constexpr auto kNoLookMeanwhile = "no story looks while a run is under way";
  return {
      server_mutant<DoesMore>("endpoints-on-by-default", "SYNC-1",
                              "Runs the sync of every template, whether or not it was enabled.",
                              &enable_each_template),
      server_mutant<AnswersAndDoesNothing>("enabled-syncs-wait", "SYNC-2",
                                           "Takes a sync for enabled, and does not run it.",
                                           &no_toggle),
      server_mutant<BackgroundRunsUnannounced>("background-runs-unannounced", "HOOK-1",
                                               "Sends no webhook of runs in the background."),
      server_mutant<ChangesRequests>("every-trigger-resets", "SYNC-3",
                                     "Takes every run that was triggered for the first one.",
                                     &reset_always),
      server_mutant<AnswersAndDoesNothing>(
          "deletions-stay", "SYNC-4", "Never finds out that an object was deleted.", &no_deletion),
      server_mutant<DoesMore>("failed-runs-delete", "SYNC-4",
                              "Takes for deleted what a run that failed has not read.",
                              &delete_after_failure),
      beyond_chance("in stories a run fails at its first page, before it has saved anything",
                    server_mutant<ChangesRequests>("failed-runs-keep-nothing", "SYNC-4",
                                                   "Forgets what a run had saved before it failed.",
                                                   &fail_at_the_first_page)),
      server_mutant<AnswersAndDoesNothing>("pause-is-ignored", "SYNC-5",
                                           "Goes on running a sync that was paused.", &no_pause),
      server_mutant<AnswersAndDoesNothing>("frequency-is-ignored", "SYNC-5",
                                           "Runs every sync at its own frequency.", &no_frequency),
      server_mutant<ChangesRequests>("empty-cache-is-ignored", "SYNC-5",
                                     "Keeps the records of a sync that is reset with its cache "
                                     "emptied.",
                                     &ignore_empty_cache),
      server_mutant<ChangesRequests>("reset-empties-the-cache", "SYNC-5",
                                     "Adds every record anew when a sync is reset.",
                                     &empty_cache_always),
      server_mutant<ChangesRequests>("variants-share-records", "SYNC-5",
                                     "Serves the base's records for every variant.",
                                     &serve_the_base),
      beyond_chance(kNoLookMeanwhile,
                    server_mutant<Queues>(
                        "triggers-all-queue", "SYNC-7",
                        "Runs once for each time that it was triggered while it ran.", true)),
      beyond_chance(kNoLookMeanwhile,
                    server_mutant<Queues>("a-trigger-while-it-runs-is-lost", "SYNC-7",
                                          "Forgets that it was triggered while it ran.", false)),
      server_mutant<CredentialsInLists>("credentials-in-lists", "SYNC-6",
                                        "Lists connections with their credentials."),
      server_mutant<LosesWebhooksOfAType>("auth-webhook-lost", "HOOK-13",
                                          "Says nothing of a new connection.", "auth"),
      server_mutant<LosesWebhooksOfAType>("async-action-webhook-lost", "HOOK-13",
                                          "Says nothing when an asynchronous action has ended.",
                                          "async_action"),
      server_mutant<AnswersAndDoesNothing>("actions-do-nothing", "WRITE-3",
                                           "Answers actions, and writes nothing.", &no_action),
      server_mutant<AnswersAndDoesNothing>("proxy-writes-nothing", "WRITE-3",
                                           "Answers what goes through the proxy itself.",
                                           &no_writing),
      server_mutant<ChangesAnswers>("proxy-always-200", "WRITE-2",
                                    "Answers 200 where the external API says 404.", &always_200),
      beyond_chance("stories write nothing but JSON",
                    server_mutant<ChangesAnswers>(
                        "proxy-calls-everything-json", "WRITE-2",
                        "Gives each answer of the external API the type JSON.", &always_json)),
  };
}

}  // namespace terapi::conformance
