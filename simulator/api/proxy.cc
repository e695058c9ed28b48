#include "simulator/api/proxy.h"

#include <algorithm>
#include <utility>

#include "core/delivery.h"
#include "core/parse_number.h"
#include "simulator/upstream/request_step.h"
#include "simulator/upstream/upstream.h"

namespace terapi::simulator {
namespace {

constexpr std::string_view kPrefix = "/proxy";
constexpr int kMostRetries = 10;

// The header's name behind "Terapi-Proxy-" (or "Nango-Proxy-"), or nothing.
std::optional<std::string> forwarded_name(std::string_view name) {
  for (const std::string_view prefix : {"terapi-proxy-", "nango-proxy-"}) {
    if (name.size() > prefix.size() &&
        core::equals_ignoring_case(name.substr(0, prefix.size()), prefix)) {
      return std::string(name.substr(prefix.size()));
    }
  }
  return std::nullopt;
}

core::Request request_to_pass_on(const core::Request& given) {
  core::Request request;
  request.method = given.method;
  request.target = given.target.substr(kPrefix.size());
  if (request.target.empty() || request.target.front() == '?') {
    request.target.insert(0, "/");
  }
  for (const auto& [name, value] : given.headers) {
    if (core::equals_ignoring_case(name, "Content-Type") ||
        core::equals_ignoring_case(name, "Accept")) {
      request.headers.add(name, value);
    } else if (auto forwarded = forwarded_name(name)) {
      request.headers.set(std::move(*forwarded), value);
    }
  }
  request.body = given.body;
  return request;
}

int retries_asked(const core::Request& request) {
  const auto number = core::parse_number<int>(request.headers.get("Retries").value_or("0"));
  return std::clamp(number.value_or(0), 0, kMostRetries);
}

bool is_worth_retrying(const core::Outcome& outcome) {
  return outcome.wire.reset || outcome.response.status >= 500 || outcome.response.status == 429;
}

std::uint64_t begin_in_log(PublicCall& call, const Connection& connection,
                           const std::string& asked) {
  Operation operation;
  operation.kind = LogKind::kProxy;
  operation.environment = call.environment.settings.name;
  operation.integration = connection.integration;
  operation.connection = connection.id;
  operation.name = asked;
  return call.engine.begin_operation(std::move(operation));
}

// As its caller will get it, so that a reset or a delay on the wire is told, too.
core::Delivery note_answer(Engine& engine, std::uint64_t operation, const std::string& asked,
                           const core::Outcome& outcome) {
  core::SendOptions options;
  options.timeout = core::Duration::max();
  options.max_response_bytes = outcome.response.body.size();
  core::Delivery delivery = core::deliver(outcome, options);
  engine.note_step(operation, request_step(asked, engine.now(), delivery));
  return delivery;
}

void end_in_log(Engine& engine, std::uint64_t operation, const core::Delivery& last) {
  LogEnd end{LogOutcome::kSuccess, engine.now() + last.after};
  if (!last.result) {
    end.outcome = LogOutcome::kFailure;
    end.error = last.result.error().message;
  } else if (last.result->status >= 400) {
    end.outcome = LogOutcome::kFailure;
    end.error = "answered " + std::to_string(last.result->status);
  }
  engine.end_operation_aloud(operation, std::move(end));
}

}  // namespace

PublicResult pass_to_proxy(PublicCall& call) {
  PublicAnswer answer;
  if (auto refused = read_connection(call, answer.stream)) return std::move(*refused);
  if (!call.request.headers.get("Base-Url-Override").value_or("").empty()) {
    return ApiError{403, "base_url_override_refused",
                    "this simulator sends nothing to other hosts; leave Base-Url-Override out"};
  }
  const Connection& connection =
      *call.environment.find_connection(answer.stream.integration, answer.stream.connection);
  const core::Request request = request_to_pass_on(call.request);
  Upstream& upstream = call.machines.upstream;
  // Not its query, in which an external API's own key may stand.
  const std::string asked = request.method + " " + call.target.path.substr(kPrefix.size());
  const std::uint64_t operation = begin_in_log(call, connection, asked);
  core::Outcome outcome = upstream.handle(call.environment, connection, request);
  core::Delivery delivery = note_answer(call.engine, operation, asked, outcome);
  for (int left = retries_asked(call.request); left > 0 && is_worth_retrying(outcome); --left) {
    outcome = upstream.handle(call.environment, connection, request);
    delivery = note_answer(call.engine, operation, asked, outcome);
  }
  end_in_log(call.engine, operation, delivery);
  answer.passed_on = std::move(outcome.response);
  answer.wire = outcome.wire;
  return answer;
}

}  // namespace terapi::simulator
