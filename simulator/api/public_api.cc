#include "simulator/api/public_api.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/url.h"
#include "simulator/api/actions.h"
#include "simulator/api/authentication.h"
#include "simulator/api/connections.h"
#include "simulator/api/express.h"
#include "simulator/api/integrations.h"
#include "simulator/api/proxy.h"
#include "simulator/api/prune.h"
#include "simulator/api/query_entries.h"
#include "simulator/api/records.h"
#include "simulator/api/syncs.h"

namespace terapi::simulator {

// One request on its way through the checks, and what they found.
struct PublicApi::Call {
  core::Request request;
  Time at;
  core::Target target{};
  // What it seems to be about, before anything is checked: for fault rules and the journal.
  StreamKey stream{};
  std::string cursor{};
  std::string modified_after{};

  std::string fault{};  // the ids of the rules that struck
  ApiEffect effect{};
  Environment* environment = nullptr;  // the caller's; not to be touched once the answer is late
  std::string environment_name{};
  std::optional<RateLimiter::Verdict> rate{};
  // The answer of a dialect that has one of its own for this; the result says the rest.
  std::optional<core::Response> without_route{};

  void look_at(core::Target asked);
};

namespace {

void add_rate_headers(core::Response& response, const RateLimiter::Verdict& rate) {
  response.headers.set("X-RateLimit-Limit", std::to_string(rate.limit));
  response.headers.set("X-RateLimit-Remaining", std::to_string(rate.remaining));
  response.headers.set("X-RateLimit-Reset", std::to_string(rate.reset_epoch_seconds));
}

bool is_json(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return core::equals_ignoring_case(type, "application/json");
}

std::string_view path_of(const core::Request& request) {
  return std::string_view(request.target).substr(0, request.target.find('?'));
}

std::optional<ApiError> check_body(const core::Request& request) {
  const auto type = request.headers.get("Content-Type");
  const bool passed_on = request.target.starts_with("/proxy/");
  if (request.body.empty() || passed_on || (type && is_json(*type))) return std::nullopt;
  return ApiError{415, "unsupported_media_type",
                  "the body has to be application/json; received " +
                      std::string(type.value_or("no content type"))};
}

// Takes what is sent out of the result, and leaves what the journal asks.
core::Response response_of(PublicAnswer& answer) {
  if (answer.passed_on) return std::move(*answer.passed_on);
  return json_response(answer.status, std::move(answer.body));
}

void note(RequestEntry& entry, PublicAnswer& answer) {
  entry.stream = std::move(answer.stream);
  entry.records = answer.records;
  entry.after = answer.after;
  entry.next_cursor = std::move(answer.next_cursor);
}
void note(RequestEntry& entry, ApiError& error) {
  entry.error_code = std::move(error.code);
  entry.retry_after = error.retry_after;
}
void note(RequestEntry& entry, InjectedAnswer& answer) {
  entry.error_code = std::move(answer.error_code);
  entry.retry_after = answer.retry_after;
}

// Taken apart; where the framework is lenient, what cannot be decoded stays as it was written.
core::Result<core::Target> target_of(const std::string& target, const Dialect& dialect) {
  core::Result<core::Target> parsed = core::parse_target(target);
  if (parsed || !dialect.express || !target.starts_with('/')) return parsed;
  core::Target lenient;
  const std::string path = target.substr(0, target.find('?'));
  lenient.path = core::percent_decode(path, false).value_or(path);
  for (const QueryEntry& entry : query_entries(target, dialect)) {
    for (const std::string& value : entry.values) lenient.query.emplace_back(entry.name, value);
  }
  return lenient;
}

// A handler's result as one that may also be a fault's.
std::variant<PublicAnswer, ApiError, InjectedAnswer> either_of(PublicResult result) {
  return std::visit(
      [](auto& of) -> std::variant<PublicAnswer, ApiError, InjectedAnswer> {
        return std::move(of);
      },
      result);
}

}  // namespace

PublicApi::PublicApi(const PublicMachines& machines, Advisories& advisories)
    : machines_(machines), engine_(machines.engine), advisories_(advisories) {
  router_.add("GET", "/records", get_records);
  router_.add("HEAD", "/records", get_records);
  router_.add("PATCH", "/records/prune", patch_prune);
  router_.add("GET", "/integrations", get_integrations);
  router_.add("POST", "/integrations", post_integration);
  router_.add("GET", "/integrations/{key}", get_integration);
  router_.add("PATCH", "/integrations/{key}", patch_integration);
  router_.add("DELETE", "/integrations/{key}", delete_integration);
  router_.add("GET", "/connections", get_connections);
  router_.add("POST", "/connections", post_connection);
  router_.add("POST", "/connections/metadata", post_metadata);
  router_.add("PATCH", "/connections/metadata", patch_metadata);
  router_.add("GET", "/connections/{id}", get_connection);
  router_.add("PATCH", "/connections/{id}", patch_connection);
  router_.add("DELETE", "/connections/{id}", delete_connection);
  router_.add("POST", "/sync/trigger", post_sync_trigger);
  router_.add("POST", "/sync/start", post_sync_start);
  router_.add("POST", "/sync/pause", post_sync_pause);
  router_.add("GET", "/sync/status", get_sync_status);
  router_.add("PUT", "/sync/update-connection-frequency", put_sync_frequency);
  router_.add("POST", "/sync/{name}/variant/{variant}", post_sync_variant);
  router_.add("DELETE", "/sync/{name}/variant/{variant}", delete_sync_variant);
  router_.add("POST", "/action/trigger", post_action_trigger);
  router_.add("GET", "/action/{id}", get_action);
  router_.add("*", "/proxy/{path*}", pass_to_proxy);
}

void PublicApi::handle(core::Request request, const Done& done) {
  Call call{.request = std::move(request), .at = engine_.now()};
  Result result;
  if (core::Result<core::Target> target = target_of(call.request.target, engine_.dialect())) {
    call.look_at(std::move(*target));
    result = answer(call);
  } else {
    result = ApiError{400, "invalid_request", target.error().message};
  }
  auto* answered = std::get_if<PublicAnswer>(&result);
  if (answered == nullptr || !answered->later) {
    return done(finish(std::move(call), std::move(result)));
  }
  const auto kept = std::make_shared<Call>(std::move(call));
  std::string().swap(kept->request.body);  // a file, perhaps; whoever answers later has a copy
  answered->later([this, kept, done](PublicResult late) {
    done(finish(std::move(*kept), either_of(std::move(late))));
  });
}

core::Outcome PublicApi::finish(Call call, Result result) {
  core::Outcome outcome;
  if (auto* answered = std::get_if<PublicAnswer>(&result)) {
    outcome.wire = answered->wire;
    outcome.rest = std::move(answered->rest);
  }
  const bool own = !std::holds_alternative<InjectedAnswer>(result);
  if (call.without_route) {
    outcome.response = *std::move(call.without_route);
  } else if (const auto* error = std::get_if<ApiError>(&result)) {
    outcome.response = error_response(*error, engine_.secrets());
  } else if (auto* fault = std::get_if<InjectedAnswer>(&result)) {
    outcome.response = std::move(fault->response);
  } else {
    outcome.response = response_of(std::get<PublicAnswer>(result));
  }
  if (call.rate) add_rate_headers(outcome.response, *call.rate);
  if (own && engine_.dialect().express && !outcome.rest) {
    dress_as_express(call.request, outcome.response);
  }
  RequestEffect both{std::nullopt, outcome.wire};
  both.add(call.effect);
  outcome.wire = both.wire;
  enter_in_journal(std::move(call), std::move(result), outcome.response.status);
  return outcome;
}

void PublicApi::Call::look_at(core::Target asked) {
  target = std::move(asked);
  stream.integration = request.headers.get("Provider-Config-Key").value_or("");
  stream.connection = request.headers.get("Connection-Id").value_or("");
  stream.model = target.get("model").value_or("");
  if (std::string variant = target.get("variant").value_or(""); !variant.empty()) {
    stream.variant = std::move(variant);
  }
  cursor = target.get("cursor").value_or("");
  modified_after = target.get("modified_after").value_or("");
}

PublicApi::Result PublicApi::answer(Call& call) {
  strike(call);
  if (call.effect.answer) return std::move(*call.effect.answer);
  const Dialect& dialect = engine_.dialect();
  if (dialect.express) {
    call.without_route = answer_before_routes(call.request, engine_.secrets());
    if (call.without_route) return PublicAnswer{};
  }
  auto found = router_.find(call.request.method, path_of(call.request), dialect.express);
  if (auto* error = std::get_if<ApiError>(&found)) {
    const bool dashboard = dialect.has(Quirk::kHtmlOnUnknownPaths);
    const bool is_get = call.request.method == "GET" || call.request.method == "HEAD";
    if (dialect.express || (dashboard && is_get && error->status == 404)) {
      call.without_route = answer_without_route(call.request, dashboard, engine_.secrets());
    }
    return std::move(*error);
  }
  if (call.effect.database_down) return database_down(dialect);
  auto caller = authenticate(call.request, engine_.state(), engine_.dialect());
  if (auto* refused = std::get_if<ApiError>(&caller)) return std::move(*refused);
  call.environment = std::get<Environment*>(caller);
  call.environment_name = call.environment->settings.name;
  if (auto limited = check_rate(call)) return std::move(*limited);
  if (!dialect.express) {
    if (auto refused = check_body(call.request)) return std::move(*refused);
  }
  const auto& route = std::get<Router<PublicHandler>::Found>(found);
  PublicCall let_in{engine_,           machines_,         call.request, call.target,
                    *call.environment, call.effect.stale, route.parts};
  return either_of((*route.handler)(let_in));
}

void PublicApi::strike(Call& call) {
  FaultPlan& faults = engine_.state().faults;
  if (faults.empty()) return;
  FaultEvent event;
  event.attributes = {{"method", call.request.method},
                      {"path", call.target.path},
                      {"integration", call.stream.integration},
                      {"connection", call.stream.connection},
                      {"model", call.stream.model},
                      {"variant", call.stream.variant},
                      {"cursor", call.cursor}};
  event.id = call.request.method + " " + call.target.path + " " + describe(call.stream);
  call.fault = faults.strike(event, engine_.seed(), call.effect);
}

std::optional<ApiError> PublicApi::check_rate(Call& call) {
  call.rate = limiter_.count(call.environment->settings, engine_.now(),
                             engine_.dialect().rate_limit_rounds_down);
  if (!call.rate || call.rate->allowed) return std::nullopt;
  if (engine_.dialect().express) {
    return ApiError{.status = 429,
                    .code = "too_many_request",
                    .retry_after = std::chrono::seconds(call.rate->retry_after_seconds),
                    .facts = {{"method", call.request.method}, {"path", call.target.path}}};
  }
  return ApiError{.status = 429,
                  .code = "too_many_request",
                  .message = "the rate limit of " + std::to_string(call.rate->limit) +
                             " requests is used up; try again in " +
                             std::to_string(call.rate->retry_after_seconds) + " s",
                  .retry_after = std::chrono::seconds(call.rate->retry_after_seconds)};
}

void PublicApi::enter_in_journal(Call call, Result result, int status) {
  RequestEntry entry;
  entry.at = call.at;
  entry.method = call.request.method;
  const std::string& target = call.request.target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  entry.path = target.substr(0, mark);
  entry.query = target.substr(std::min(mark + 1, target.size()));
  entry.remote = call.request.remote_address;
  entry.environment = std::move(call.environment_name);
  entry.stream = std::move(call.stream);
  entry.cursor = std::move(call.cursor);
  entry.modified_after = std::move(call.modified_after);
  entry.status = status;
  entry.fault = std::move(call.fault);
  std::visit([&](auto& of) { note(entry, of); }, result);
  advisories_.on_request(engine_.requests().add(std::move(entry)));
}

}  // namespace terapi::simulator
