#include "simulator/api/public_api.h"

#include <charconv>

#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/api/authentication.h"
#include "simulator/api/prune.h"
#include "simulator/api/records_page.h"
#include "simulator/api/records_query.h"

namespace terapi::simulator {

// One request on its way through the checks.
struct PublicApi::Call {
  const core::Request& request;
  core::Target target;
  RequestEntry entry;
  ApiEffect effect;
  Environment* environment = nullptr;
  std::optional<RateLimiter::Verdict> rate;
};

namespace {

enum class Route { kRecords, kPrune, kUnknown };

Route route_of(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);  // REC-2
  if (path == "/records") return Route::kRecords;
  if (path == "/records/prune") return Route::kPrune;
  return Route::kUnknown;
}

core::Response method_not_allowed(std::string_view allow) {
  core::Response response = error_response(405, "method_not_allowed",
                                           "this path answers " + std::string(allow) + " only");
  response.headers.add("Allow", std::string(allow));
  return response;
}

// The one value of a query parameter, for the journal; checks come later.
std::string peek(const core::Target& target, std::string_view name) {
  for (const auto& [key, value] : target.query) {
    if (key == name) return value;
  }
  return {};
}

void add_rate_headers(core::Response& response, const RateLimiter::Verdict& rate) {
  response.headers.set("X-RateLimit-Limit", std::to_string(rate.limit));
  response.headers.set("X-RateLimit-Remaining", std::to_string(rate.remaining));
  response.headers.set("X-RateLimit-Reset", std::to_string(rate.reset_epoch_seconds));
}

std::string error_code_of(const core::Response& response) {
  constexpr std::string_view kMark = "{\"error\":{\"code\":\"";
  if (response.status < 400 || !response.body.starts_with(kMark)) return {};
  const std::size_t end = response.body.find('"', kMark.size());
  return response.body.substr(kMark.size(), end - kMark.size());
}

std::optional<Duration> retry_after_of(const core::Response& response) {
  const auto header = response.headers.get("Retry-After");
  if (!header) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(header->data(), header->data() + header->size(), seconds);
  if (error != std::errc() || end != header->data() + header->size()) return std::nullopt;
  if (seconds < 0 || seconds > 100'000'000) return std::nullopt;
  return std::chrono::seconds(seconds);
}

bool is_json(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return core::equals_ignoring_case(type, "application/json");
}

}  // namespace

core::Outcome PublicApi::handle(const core::Request& request) {
  Call call{request, {}, {}, {}, nullptr, {}};
  call.entry.at = engine_.now();
  call.entry.method = request.method;
  call.entry.remote = request.remote_address;
  const std::size_t mark = request.target.find('?');
  call.entry.path = request.target.substr(0, mark);
  if (mark != std::string::npos) call.entry.query = request.target.substr(mark + 1);

  core::Outcome outcome;
  core::Result<core::Target> target = core::parse_target(request.target);
  if (target) {
    call.target = std::move(*target);
    describe(call);
    outcome.response = answer(call);
  } else {
    outcome.response = error_response(400, "invalid_request", target.error().message);
  }
  if (call.rate) add_rate_headers(outcome.response, *call.rate);
  outcome.wire = call.effect.wire;
  call.entry.status = outcome.response.status;
  call.entry.error_code = error_code_of(outcome.response);
  call.entry.retry_after = retry_after_of(outcome.response);
  const RequestEntry& entry = engine_.requests().add(std::move(call.entry));
  if (observer_) observer_(entry);
  return outcome;
}

// What the request seems to be about, before anything is checked: for rules and the journal.
void PublicApi::describe(Call& call) const {
  const core::Headers& headers = call.request.headers;
  call.entry.stream.integration = headers.get("Provider-Config-Key").value_or("");
  call.entry.stream.connection = headers.get("Connection-Id").value_or("");
  call.entry.stream.model = peek(call.target, "model");
  if (const std::string variant = peek(call.target, "variant"); !variant.empty()) {
    call.entry.stream.variant = variant;
  }
  call.entry.cursor = peek(call.target, "cursor");
  call.entry.modified_after = peek(call.target, "modified_after");
}

core::Response PublicApi::answer(Call& call) {
  if (!engine_.state().faults.empty()) {
    const RequestEntry& entry = call.entry;
    FaultEvent event;
    event.attributes = {{"method", entry.method},
                        {"path", call.target.path},
                        {"integration", entry.stream.integration},
                        {"connection", entry.stream.connection},
                        {"model", entry.stream.model},
                        {"variant", entry.stream.variant},
                        {"cursor", entry.cursor}};
    event.id = entry.method + " " + call.target.path + " " + simulator::describe(entry.stream);
    call.entry.fault = engine_.state().faults.strike(event, engine_.seed(), call.effect);
    if (call.effect.answer) return call.effect.answer->response;
  }
  const Route route = route_of(call.target.path);
  const std::string& method = call.request.method;
  if (route == Route::kUnknown) {
    return error_response(404, "not_found", "there is nothing at " + call.target.path);
  }
  if (route == Route::kRecords && method != "GET" && method != "HEAD") {
    return method_not_allowed("GET, HEAD");
  }
  if (route == Route::kPrune && method != "PATCH") return method_not_allowed("PATCH");

  auto caller = authenticate(call.request, engine_.state(), engine_.dialect());
  if (core::Response* refused = std::get_if<core::Response>(&caller)) return std::move(*refused);
  call.environment = std::get<Environment*>(caller);
  call.entry.environment = call.environment->settings.name;
  if (auto limited = check_rate(call)) return std::move(*limited);
  if (auto refused = check_body(call)) return std::move(*refused);
  return route == Route::kRecords ? records(call) : prune_records(call);
}

std::optional<core::Response> PublicApi::check_rate(Call& call) {
  call.rate = limiter_.count(call.environment->settings, engine_.now());
  if (!call.rate || call.rate->allowed) return std::nullopt;
  core::Response response =
      error_response(429, "too_many_request",
                     "the rate limit of " + std::to_string(call.rate->limit) +
                         " requests is used up; try again in " +
                         std::to_string(call.rate->retry_after_seconds) + " s");
  response.headers.add("Retry-After", std::to_string(call.rate->retry_after_seconds));
  return response;
}

std::optional<core::Response> PublicApi::check_headers(Call& call) const {
  std::vector<ValidationError> errors;
  const auto require = [&](std::string_view name, std::string path) {
    const auto value = call.request.headers.get(name);
    if (!value) {
      errors.push_back({"invalid_type",
                        "Invalid input: expected string, received undefined",
                        {std::move(path)}});
    } else if (value->empty()) {
      errors.push_back(
          {"invalid_format", "Invalid string: expected at least one character", {std::move(path)}});
    }
  };
  require("Connection-Id", "connection-id");
  require("Provider-Config-Key", "provider-config-key");
  if (!errors.empty()) return validation_response("invalid_headers", errors);
  const StreamKey& key = call.entry.stream;
  if (call.environment->find_connection(key.integration, key.connection) == nullptr) {
    return error_response(400, "unknown_connection",
                          "Provided ConnectionId and ProviderConfigKey does not match a valid "
                          "connection");
  }
  return std::nullopt;
}

core::Response PublicApi::bad_cursor() const {
  if (engine_.dialect().bad_cursor_is_500) {
    return error_response(500, "server_error", "Failed to fetch records");
  }
  return error_response(400, "invalid_cursor",
                        "the cursor is not one that this API gave out; expected the cursor of a "
                        "record's metadata, or a next_cursor, unchanged");
}

core::Response PublicApi::records(Call& call) {
  std::vector<ValidationError> errors;
  const RecordsQuery query =
      read_records_query(call.target.query, engine_.dialect(), engine_.now(), errors);
  if (!errors.empty()) return validation_response("invalid_query_params", errors);
  if (auto refused = check_headers(call)) return std::move(*refused);
  if (query.bad_cursor) return bad_cursor();

  call.entry.stream.model = query.model;
  call.entry.stream.variant = query.variant;
  const Stream* stream = call.environment->find_stream(call.entry.stream);
  const auto budget = call.environment->settings.max_response_bytes;
  RecordsPage page;
  if (stream != nullptr && call.effect.stale > Duration(0)) {
    page = collect_page(versions_at(*stream, engine_.now() - call.effect.stale), query, budget);
  } else if (stream != nullptr) {
    page = collect_page(stream->log, query, budget);
  }
  if (query.ends_paging) page.more = false;
  call.entry.records = page.records.size();
  if (page.more) {
    call.entry.next_cursor = encode_cursor(page.records.back()->position(), engine_.dialect());
  }
  return json_response(200, page_text(page, engine_.dialect()));
}

std::optional<core::Response> PublicApi::check_body(const Call& call) const {
  const auto type = call.request.headers.get("Content-Type");
  if (!call.request.body.empty() && (!type || !is_json(*type))) {
    return error_response(415, "unsupported_media_type",
                          "the body has to be application/json; received " +
                              std::string(type.value_or("no content type")));
  }
  return std::nullopt;
}

core::Response PublicApi::prune_records(Call& call) {
  std::vector<ValidationError> errors;
  for (const auto& [name, value] : call.target.query) {
    errors.push_back({"unrecognized_keys", "Unrecognized key: \"" + name + "\"", {}});
  }
  if (!errors.empty()) return validation_response("invalid_query_params", errors);
  const PruneRequest prune_request =
      read_prune_request(call.request.body, engine_.dialect(), errors);
  if (!errors.empty()) return validation_response("invalid_body", errors);
  if (auto refused = check_headers(call)) return std::move(*refused);
  if (!prune_request.until) return bad_cursor();

  call.entry.stream.model = prune_request.model;
  call.entry.stream.variant = prune_request.variant;
  PruneResult result;
  const auto found = call.environment->streams.find(call.entry.stream);
  if (found != call.environment->streams.end()) {
    result = prune(engine_, found->second, *prune_request.until, prune_request.limit);
  }
  call.entry.records = result.count;
  core::json::Writer out;
  out.begin_object().field("count", result.count).field("has_more", result.has_more).end_object();
  return json_response(200, out.take());
}

}  // namespace terapi::simulator
