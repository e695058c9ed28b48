#include "simulator/api/public_api.h"

#include <algorithm>
#include <utility>

#include "core/url.h"
#include "simulator/api/authentication.h"
#include "simulator/api/prune.h"
#include "simulator/api/records.h"

namespace terapi::simulator {

// One request on its way through the checks, and what they found.
struct PublicApi::Call {
  const core::Request& request;
  Time at;
  core::Target target{};
  // What it seems to be about, before anything is checked: for fault rules and the journal.
  StreamKey stream{};
  std::string cursor{};
  std::string modified_after{};

  std::string fault{};  // the ids of the rules that struck
  ApiEffect effect{};
  Environment* environment = nullptr;
  std::optional<RateLimiter::Verdict> rate{};

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

std::optional<ApiError> check_body(const core::Request& request) {
  const auto type = request.headers.get("Content-Type");
  if (request.body.empty() || (type && is_json(*type))) return std::nullopt;
  return ApiError{415, "unsupported_media_type",
                  "the body has to be application/json; received " +
                      std::string(type.value_or("no content type"))};
}

// Takes what is sent out of the result, and leaves what the journal asks.
core::Response response_of(PublicAnswer& answer) {
  return json_response(200, std::move(answer.body));
}
core::Response response_of(const ApiError& error) { return error_response(error); }
core::Response response_of(InjectedAnswer& answer) { return std::move(answer.response); }

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

}  // namespace

PublicApi::PublicApi(Engine& engine, Advisories& advisories)
    : engine_(engine), advisories_(advisories) {
  router_.add("GET", "/records", get_records);
  router_.add("HEAD", "/records", get_records);
  router_.add("PATCH", "/records/prune", patch_prune);
}

core::Outcome PublicApi::handle(const core::Request& request) {
  Call call{.request = request, .at = engine_.now()};
  Result result;
  if (core::Result<core::Target> target = core::parse_target(request.target)) {
    call.look_at(std::move(*target));
    result = answer(call);
  } else {
    result = ApiError{400, "invalid_request", target.error().message};
  }
  core::Outcome outcome;
  outcome.response = std::visit([](auto& of) { return response_of(of); }, result);
  if (call.rate) add_rate_headers(outcome.response, *call.rate);
  outcome.wire = call.effect.wire;
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
  auto found = router_.find(call.request.method, call.target.path);
  if (auto* error = std::get_if<ApiError>(&found)) return std::move(*error);
  auto caller = authenticate(call.request, engine_.state(), engine_.dialect());
  if (auto* refused = std::get_if<ApiError>(&caller)) return std::move(*refused);
  call.environment = std::get<Environment*>(caller);
  if (auto limited = check_rate(call)) return std::move(*limited);
  if (auto refused = check_body(call.request)) return std::move(*refused);
  PublicCall let_in{engine_, call.request, call.target, *call.environment, call.effect.stale};
  PublicResult result = (*std::get<Router<PublicHandler>::Found>(found).handler)(let_in);
  return std::visit([](auto& of) -> Result { return std::move(of); }, result);
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
  call.rate = limiter_.count(call.environment->settings, engine_.now());
  if (!call.rate || call.rate->allowed) return std::nullopt;
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
  if (call.environment != nullptr) entry.environment = call.environment->settings.name;
  entry.stream = std::move(call.stream);
  entry.cursor = std::move(call.cursor);
  entry.modified_after = std::move(call.modified_after);
  entry.status = status;
  entry.fault = std::move(call.fault);
  std::visit([&](auto& of) { note(entry, of); }, result);
  advisories_.on_request(engine_.requests().add(std::move(entry)));
}

}  // namespace terapi::simulator
