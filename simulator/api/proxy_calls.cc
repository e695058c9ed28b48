#include "simulator/api/proxy_calls.h"

#include <algorithm>
#include <utility>

#include "core/parse_number.h"
#include "simulator/observation/operation.h"
#include "simulator/upstream/request_step.h"
#include "simulator/upstream/upstream.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;

const core::SendOptions kBounds = {.timeout = 30s, .max_response_bytes = std::size_t{16} << 20};
constexpr Duration kFirstWait = 100ms;
// Who asks for more patience than this gets no other attempt.
constexpr Duration kLongestWait = 60s;

bool is_worth_retrying(const core::Outcome& outcome, const std::set<int>& also) {
  const int status = outcome.response.status;
  return outcome.wire.reset || status >= 500 || status == 429 || also.contains(status);
}

// As Retry-After says, in seconds, or else twice as long as the last time.
Duration wait_after(const core::Response* response, int attempts) {
  const auto given = response != nullptr ? response->headers.get("Retry-After") : std::nullopt;
  if (given) {
    if (const auto seconds = core::parse_number<std::int64_t>(*given); seconds && *seconds >= 0) {
      return std::min<Duration>(std::chrono::seconds(std::min<std::int64_t>(*seconds, 86400)), 24h);
    }
  }
  return kFirstWait * (1 << std::min(attempts - 1, 10));
}

// What belongs to the connection on which the answer came, and not to the answer.
void leave_out_hops(core::Headers& headers) {
  for (const char* name : {"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection",
                           "TE", "Trailer", "Transfer-Encoding", "Upgrade"}) {
    headers.erase(name);
  }
}

}  // namespace

bool ProxyCalls::allows(const core::Url& base) const {
  return std::any_of(allowed_.begin(), allowed_.end(), [&](const core::Url& each) {
    return each.scheme == base.scheme && core::equals_ignoring_case(each.host, base.host) &&
           each.port == base.port;
  });
}

void ProxyCalls::start(Order order, Done done) {
  Operation operation;
  operation.kind = LogKind::kProxy;
  operation.environment = order.environment;
  operation.integration = order.connection.integration;
  operation.connection = order.connection.connection;
  operation.name = order.asked;
  const Number number = ++last_;
  const std::uint64_t in_log = engine_.begin_operation(std::move(operation));
  calls_.emplace(number, Call{std::move(order), std::move(done), in_log});
  attempt(number);
}

void ProxyCalls::end_all() {
  const std::string why = "the simulator stopped, or was given another state";
  for (auto& [number, call] : std::exchange(calls_, {})) {
    engine_.end_operation_aloud(call.operation, {LogOutcome::kCutOff, engine_.now(), why});
    call.done(ApiError{503, "proxy_interrupted", why});
  }
}

void ProxyCalls::attempt(Number number) {
  const auto found = calls_.find(number);
  if (found == calls_.end()) return;
  Call& call = found->second;
  ++call.attempts;
  call.sent_at = engine_.now();
  if (call.order.host) return send_to_host(number);
  Environment* environment = engine_.state().find_environment(call.order.environment);
  const Connection* connection =
      environment == nullptr ? nullptr
                             : environment->find_connection(call.order.connection.integration,
                                                            call.order.connection.connection);
  if (connection == nullptr) {
    const std::string why = "the connection was deleted";
    return finish(number, {Duration{0}, core::Error{"unknown_connection", why}},
                  ApiError{400, "unknown_connection", why});
  }
  on_answer(number, upstream_.handle(*environment, *connection, call.order.request));
}

void ProxyCalls::send_to_host(Number number) {
  transport_.send(calls_.at(number).order.request, kBounds,
                  [this, number](core::Result<core::Response> answer) {
                    if (!calls_.contains(number)) return;
                    if (!answer) return on_error(number, answer.error());
                    leave_out_hops(answer->headers);
                    on_answer(number, {*std::move(answer), {}});
                  });
}

void ProxyCalls::on_answer(Number number, core::Outcome outcome) {
  const Call& call = calls_.at(number);
  // As its caller will get it, so that a reset or a delay on the wire is told, too.
  core::SendOptions as_it_is;
  as_it_is.timeout = core::Duration::max();
  as_it_is.max_response_bytes = outcome.response.body.size();
  const core::Delivery delivery = core::deliver(outcome, as_it_is);
  note_step(call, delivery);
  const Duration wait = wait_after(&outcome.response, call.attempts);
  if (call.attempts <= call.order.retries && wait <= kLongestWait &&
      is_worth_retrying(outcome, call.order.retry_on)) {
    return try_again(number, delivery.after + wait);
  }
  PublicAnswer answer;
  answer.stream = call.order.connection;
  answer.passed_on = std::move(outcome.response);
  answer.wire = outcome.wire;
  finish(number, delivery, std::move(answer));
}

void ProxyCalls::on_error(Number number, const core::Error& error) {
  const Call& call = calls_.at(number);
  const core::Delivery delivery{Duration{0}, error};
  note_step(call, delivery);
  if (call.attempts <= call.order.retries) {
    return try_again(number, wait_after(nullptr, call.attempts));
  }
  const bool late = error.code == "timeout";
  finish(number, delivery,
         ApiError{late ? 504 : 502, late ? "proxy_timeout" : "proxy_failed",
                  call.order.host.value_or("") + ": " + error.code + ": " + error.message});
}

void ProxyCalls::note_step(const Call& call, core::Delivery delivery) {
  delivery.after += engine_.now() - call.sent_at;  // another host takes its time
  engine_.note_step(call.operation, request_step(call.order.asked, call.sent_at, delivery));
}

void ProxyCalls::try_again(Number number, Duration wait) {
  engine_.at(engine_.now() + wait, [this, number] { attempt(number); });
  engine_.settle();
}

void ProxyCalls::finish(Number number, const core::Delivery& last, PublicResult result) {
  Call call = std::move(calls_.extract(number).mapped());
  LogEnd end{LogOutcome::kSuccess, engine_.now() + last.after};
  if (!last.result) {
    end.outcome = LogOutcome::kFailure;
    end.error = last.result.error().message;
  } else if (last.result->status >= 400) {
    end.outcome = LogOutcome::kFailure;
    end.error = "answered " + std::to_string(last.result->status);
  }
  engine_.end_operation_aloud(call.operation, std::move(end));
  call.done(std::move(result));
}

}  // namespace terapi::simulator
