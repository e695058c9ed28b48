#include "simulator/observation/operation.h"

#include <algorithm>

#include "core/json_writer.h"
#include "simulator/records/stream_key.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// What its name is called among the fields of a line.
std::string_view name_of_name(LogKind kind) {
  switch (kind) {
    case LogKind::kRun:
      return "run";
    case LogKind::kDelivery:
      return "delivery";
    case LogKind::kAction:
      return "action";
    case LogKind::kProxy:
      return "request";
    case LogKind::kEvent:
      break;
  }
  return "event";
}

std::string_view run_message(const Operation& run) {
  switch (run.outcome) {
    case LogOutcome::kRunning:
      return "a run is under way";
    case LogOutcome::kSuccess:
      return run.idle ? "a run found nothing new" : "a run ended";
    case LogOutcome::kFailure:
    case LogOutcome::kDropped:
      return "a run failed";
    case LogOutcome::kCutOff:
      break;
  }
  return "a run was cut off";
}

std::string_view delivery_message(LogOutcome outcome) {
  switch (outcome) {
    case LogOutcome::kRunning:
      return "a webhook is on its way";
    case LogOutcome::kSuccess:
      return "a webhook was delivered";
    case LogOutcome::kFailure:
      return "a webhook was given up; it can be sent again by hand";
    case LogOutcome::kDropped:
      return "a webhook was lost by a fault";
    case LogOutcome::kCutOff:
      break;
  }
  return "a webhook was cut off";
}

std::string_view call_message(LogKind kind, LogOutcome outcome) {
  const bool action = kind == LogKind::kAction;
  switch (outcome) {
    case LogOutcome::kRunning:
      return action ? "an action is under way" : "a request is being passed on";
    case LogOutcome::kSuccess:
      return action ? "an action was carried out" : "a request was passed on";
    case LogOutcome::kFailure:
    case LogOutcome::kDropped:
      return action ? "an action failed" : "a request that was passed on failed";
    case LogOutcome::kCutOff:
      break;
  }
  return action ? "an action was cut off" : "a request was cut off";
}

void text_or_null(json::Writer& out, std::string_view name, const std::string& text) {
  out.optional_field(name, text.empty() ? std::nullopt : std::optional(text));
}

void write_fields(json::Writer& out, const LogFields& fields) {
  out.key("fields").begin_object();
  for (const auto& [name, value] : fields) out.field(name, value);
  out.end_object();
}

void write_counts(json::Writer& out, const std::optional<RunCounts>& counts) {
  if (!counts) {
    out.null_field("counts");
    return;
  }
  out.key("counts")
      .begin_object()
      .field("added", counts->added)
      .field("updated", counts->updated)
      .field("deleted", counts->deleted)
      .field("unchanged", counts->unchanged)
      .end_object();
}

void write_step(json::Writer& out, const LogStep& step) {
  out.begin_object()
      .field("at", format_timestamp(step.at))
      .raw_field("duration_ms", format_milliseconds(step.duration))
      .field("level", core::word_of(kLogLevelWords, step.level))
      .field("event", step.event)
      .field("message", step.message);
  write_fields(out, step.fields);
  out.end_object();
}

void write_summary(json::Writer& out, const Operation& of) {
  out.field("id", of.id)
      .field("kind", core::word_of(kLogKindWords, of.kind))
      .field("level", core::word_of(kLogLevelWords, of.level))
      .field("outcome", core::word_of(kLogOutcomeWords, of.outcome))
      .field("event", event_of(of))
      .field("message", message_of(of))
      .field("at", format_timestamp(of.at));
  if (of.ended_at) {
    out.field("ended_at", format_timestamp(*of.ended_at))
        .raw_field("duration_ms", format_milliseconds(*of.ended_at - of.at));
  } else {
    out.null_field("ended_at").null_field("duration_ms");
  }
  text_or_null(out, "environment", of.environment);
  text_or_null(out, "integration", of.integration);
  text_or_null(out, "connection", of.connection);
  text_or_null(out, "sync", of.sync);
  text_or_null(out, "variant", of.variant);
  out.key("models").begin_array();
  for (const std::string& model : of.models) out.string(model);
  out.end_array().field("name", of.name);
  text_or_null(out, "error", of.error);
  write_counts(out, of.counts);
  write_fields(out, of.fields);
  out.field("steps_made", of.steps.size() + of.steps_left_out);
}

}  // namespace

void Operation::add(LogStep step) {
  level = std::max(level, step.level);
  if (steps.size() == kMostSteps) {
    steps.erase(steps.begin() + kMostSteps / 2);
    ++steps_left_out;
  }
  steps.push_back(std::move(step));
}

std::string event_of(const Operation& operation) {
  if (operation.kind == LogKind::kEvent) return operation.name;
  std::string event(core::word_of(kLogKindWords, operation.kind));
  if (operation.outcome == LogOutcome::kFailure) return event + ".failed";
  if (operation.outcome == LogOutcome::kDropped) return event + ".dropped";
  if (operation.outcome == LogOutcome::kCutOff) return event + ".cut_off";
  return operation.idle ? event + ".idle" : event;
}

std::string message_of(const Operation& operation) {
  if (operation.kind == LogKind::kEvent) return operation.message;
  std::string message(operation.kind == LogKind::kRun ? run_message(operation)
                      : operation.kind == LogKind::kDelivery
                          ? delivery_message(operation.outcome)
                          : call_message(operation.kind, operation.outcome));
  if (!operation.error.empty()) message += ": " + operation.error;
  return message;
}

std::vector<std::string> streams_of(const Operation& operation) {
  std::vector<std::string> streams;
  if (operation.integration.empty()) return streams;
  for (const std::string& model : operation.models) {
    streams.push_back(
        describe(StreamKey{operation.integration, operation.connection, model, operation.variant}));
  }
  if (streams.empty()) streams.push_back(operation.integration + "/" + operation.connection);
  return streams;
}

std::string operation_json(const Operation& operation) {
  json::Writer out;
  out.begin_object();
  write_summary(out, operation);
  out.end_object();
  return out.take();
}

std::string operation_with_steps_json(const Operation& operation) {
  json::Writer out;
  out.begin_object();
  write_summary(out, operation);
  out.key("steps").begin_array();
  for (const LogStep& step : operation.steps) write_step(out, step);
  out.end_array().field("steps_left_out", operation.steps_left_out).end_object();
  return out.take();
}

LogEntry line_of(const Operation& operation) {
  LogEntry line{operation.ended_at.value_or(operation.at),
                operation.level,
                event_of(operation),
                message_of(operation),
                {}};
  if (operation.kind != LogKind::kEvent) {
    line.fields.emplace_back(name_of_name(operation.kind), operation.name);
  }
  for (const std::string& stream : streams_of(operation)) {
    line.fields.emplace_back("stream", stream);
  }
  if (!operation.sync.empty()) line.fields.emplace_back("sync", operation.sync);
  line.fields.insert(line.fields.end(), operation.fields.begin(), operation.fields.end());
  if (operation.counts) {
    line.fields.emplace_back("added", std::to_string(operation.counts->added));
    line.fields.emplace_back("updated", std::to_string(operation.counts->updated));
    line.fields.emplace_back("deleted", std::to_string(operation.counts->deleted));
  }
  return line;
}

}  // namespace terapi::simulator
