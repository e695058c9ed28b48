#include "simulator/api/proxy_calls.h"

#include <algorithm>
#include <utility>

#include "core/parse_number.h"
#include "simulator/api/proxy_body.h"
#include "simulator/observation/operation.h"
#include "simulator/upstream/request_step.h"
#include "simulator/upstream/upstream.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLongestToBegin = 30s;
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
  core::SendOptions options;
  options.timeout = kLongestToBegin;
  Call& call = calls_.at(number);
  const bool is_last = call.attempts > call.order.retries;  // nobody needs the request any more
  core::Request request = is_last ? std::move(call.order.request) : call.order.request;
  transport_.open(std::move(request), options,
                  [this, number](core::Result<core::OpenedAnswer> answer) {
                    if (!calls_.contains(number)) return;
                    if (!answer) return on_error(number, answer.error());
                    leave_out_hops(answer->response.headers);
                    on_answer(number, {std::move(answer->response), {}, std::move(answer->rest)});
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
  answer.wire = outcome.wire;
  if (outcome.rest) answer.rest = watch(outcome, call.operation, end_of(delivery, engine_.now()));
  answer.passed_on = std::move(outcome.response);
  finish(number, delivery, std::move(answer));
}

// The operation ends with the body; `end` is what it comes to if nothing goes wrong on the way.
std::shared_ptr<core::BodySource> ProxyCalls::watch(core::Outcome& outcome, std::uint64_t operation,
                                                    const LogEnd& end) {
  return std::make_shared<ProxyBody>(
      std::move(outcome.rest), outcome.response.body.size(),
      [this, alive = std::weak_ptr(alive_), operation, end](const ProxyBody::End& body) {
        if (alive.expired()) return;
        LogEnd whole = end;
        whole.at = engine_.now();
        if (!body.error.empty()) {
          whole.outcome = body.left ? LogOutcome::kCutOff : LogOutcome::kFailure;
          whole.error = "after " + std::to_string(body.bytes) + " bytes: " + body.error;
        }
        engine_.end_operation_aloud(operation, std::move(whole));
        engine_.settle();
      });
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

LogEnd ProxyCalls::end_of(const core::Delivery& last, Time now) {
  LogEnd end{LogOutcome::kSuccess, now + last.after};
  if (!last.result) {
    end.outcome = LogOutcome::kFailure;
    end.error = last.result.error().message;
  } else if (last.result->status >= 400) {
    end.outcome = LogOutcome::kFailure;
    end.error = "answered " + std::to_string(last.result->status);
  }
  return end;
}

void ProxyCalls::finish(Number number, const core::Delivery& last, PublicResult result) {
  Call call = std::move(calls_.extract(number).mapped());
  const auto* answer = std::get_if<PublicAnswer>(&result);
  const bool goes_on = answer != nullptr && answer->rest != nullptr;
  if (!goes_on) engine_.end_operation_aloud(call.operation, end_of(last, engine_.now()));
  call.done(std::move(result));
}

}  // namespace terapi::simulator
