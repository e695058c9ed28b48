#include "simulator/webhooks/delivery_log.h"

#include <utility>

namespace terapi::simulator {
namespace {

std::string_view why_held(HeldFor reason) {
  switch (reason) {
    case HeldFor::kCommit:
      return "it waits until its data can be read";
    case HeldFor::kBreaker:
      return "it waits until the receiver is tried again: its breaker is open";
    case HeldFor::kFault:
      return "a fault lets another one go first";
    case HeldFor::kTurn:
      return "it waits until the webhook to the first URL is done";
    case HeldFor::kNothing:
      break;
  }
  return "it waits";
}

std::string result_of(const Attempt& attempt) {
  return attempt.error.empty() ? std::to_string(attempt.status) : attempt.error;
}

LogOutcome outcome_of(DeliveryState state) {
  if (state == DeliveryState::kDelivered) return LogOutcome::kSuccess;
  return state == DeliveryState::kDropped ? LogOutcome::kDropped : LogOutcome::kFailure;
}

}  // namespace

void DeliveryLog::begin(Delivery& delivery) {
  Operation operation;
  operation.kind = LogKind::kDelivery;
  operation.environment = delivery.environment;
  operation.integration = delivery.stream.integration;
  operation.connection = delivery.stream.connection;
  operation.variant = delivery.stream.variant;
  if (!delivery.stream.model.empty()) operation.models = {delivery.stream.model};
  operation.name = delivery.id;
  operation.fields = {{"type", delivery.type}, {"url", delivery.url}};
  if (!delivery.run_id.empty()) operation.fields.emplace_back("run", delivery.run_id);
  delivery.operation = engine_.begin_operation(std::move(operation));
}

void DeliveryLog::keep_under_way(Delivery& delivery) {
  if (!engine_.logs().go_on_with(delivery.operation)) begin(delivery);
}

void DeliveryLog::note(Delivery& delivery, LogLevel level, std::string event, std::string message,
                       LogFields fields) {
  keep_under_way(delivery);
  engine_.note_step(delivery.operation, {engine_.now(), Duration(0), level, std::move(event),
                                         std::move(message), std::move(fields)});
}

void DeliveryLog::struck(Delivery& delivery) {
  note(delivery, LogLevel::kInfo, "fault", "a fault strikes it", {{"rule", delivery.plan.fault}});
}

void DeliveryLog::held(Delivery& delivery) {
  note(delivery, LogLevel::kInfo, "held", std::string(why_held(delivery.held.reason)),
       {{"by", hold_text(delivery.held)}});
}

void DeliveryLog::sent_again(Delivery& delivery) {
  note(delivery, LogLevel::kInfo, "resend", "it is sent again by hand");
}

void DeliveryLog::attempted(Delivery& delivery, const Attempt& attempt, bool copy) {
  keep_under_way(delivery);
  const bool ok = attempt.succeeded();
  const std::string number = std::to_string(attempt.number);
  LogStep step{attempt.at, attempt.duration, ok ? LogLevel::kInfo : LogLevel::kWarning, "attempt",
               "attempt " + number + (copy ? ", a copy" : "")};
  step.message += attempt.error.empty() ? " was answered " : ": ";
  step.message += result_of(attempt);
  step.fields = {{"attempt", number},
                 {attempt.error.empty() ? "status" : "error", result_of(attempt)}};
  if (!attempt.fault.empty()) step.fields.emplace_back("fault", attempt.fault);
  const std::string next =
      attempt.next_attempt_at ? format_timestamp(*attempt.next_attempt_at) : "none";
  if (attempt.next_attempt_at) step.fields.emplace_back("next", next);
  engine_.note_step(delivery.operation, std::move(step));
  if (copy || !engine_.logs().has_sink()) return;
  engine_.logs().tell({engine_.now(),
                       ok ? LogLevel::kInfo : LogLevel::kWarning,
                       "webhook.attempt",
                       ok ? "a webhook was delivered" : "a webhook attempt failed",
                       {{"delivery", delivery.id},
                        {"attempt", number},
                        {"url", delivery.url},
                        {"result", result_of(attempt)},
                        {"next", next}}});
}

void DeliveryLog::ended(Delivery& delivery) {
  keep_under_way(delivery);
  LogEnd end{outcome_of(delivery.state), engine_.now()};
  if (end.outcome == LogOutcome::kDropped) {
    end.error = "fault " + delivery.settled_by_fault;
  } else if (end.outcome == LogOutcome::kFailure) {
    end.error = delivery.attempts.empty()
                    ? "its environment is gone"
                    : "the last attempt: " + result_of(delivery.attempts.back());
  }
  // What was delivered was said by its last attempt.
  if (end.outcome == LogOutcome::kSuccess) {
    engine_.end_operation(delivery.operation, std::move(end));
  } else {
    engine_.end_operation_aloud(delivery.operation, std::move(end));
  }
}

}  // namespace terapi::simulator
