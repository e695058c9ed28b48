// GET /_simulator/deliveries[/{id}], POST /_simulator/deliveries/{id}/resend.
#include "core/json_writer.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/control_query.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

constexpr std::size_t kDefaultLimit = 1000;

void time_or_null(json::Writer& out, std::string_view name, std::optional<Time> time) {
  if (time) {
    out.field(name, format_timestamp(*time));
  } else {
    out.null_field(name);
  }
}

enum class Detail : std::uint8_t { kSummary, kWhole };

void write_headers(json::Writer& out, const core::Headers& headers) {
  out.key("headers").begin_object();
  for (const auto& [name, value] : headers) out.field(name, value);
  out.end_object();
}

void write_attempt(json::Writer& out, const Attempt& attempt, Detail detail) {
  out.begin_object()
      .field("number", attempt.number)
      .field("at", format_timestamp(attempt.at))
      .raw_field("duration_ms", format_milliseconds(attempt.duration));
  if (attempt.status > 0) {
    out.field("status", attempt.status);
  } else {
    out.null_field("status");
  }
  const auto or_null = [&](std::string_view name, const std::string& text) {
    out.optional_field(name, text.empty() ? std::nullopt : std::optional(text));
  };
  or_null("error", attempt.error);
  out.field("response_body", attempt.response_body);
  or_null("fault", attempt.fault);
  time_or_null(out, "next_attempt_at", attempt.next_attempt_at);
  if (detail == Detail::kWhole) {
    write_headers(out, attempt.headers);
    out.key("response_headers").begin_array();
    for (const auto& [name, value] : attempt.response_headers) {
      out.begin_array().string(name).string(value).end_array();
    }
    out.end_array();
  }
  out.end_object();
}

void write_delivery(json::Writer& out, const Delivery& delivery, Detail detail,
                    const Secrets& secrets) {
  out.field("id", delivery.id)
      .field("number", delivery.number)
      .field("environment", delivery.environment)
      .field("url", secrets.hide(delivery.url))
      .field("type", delivery.type)
      .field("integration", delivery.stream.integration)
      .field("connection", delivery.stream.connection)
      .field("model", delivery.stream.model)
      .field("variant", delivery.stream.variant)
      .field("run_id", delivery.run_id)
      .field("state", core::word_of(kDeliveryStateWords, delivery.state))
      .optional_field("held_by", delivery.held.reason == HeldFor::kNothing
                                     ? std::nullopt
                                     : std::optional(hold_text(delivery.held)))
      .optional_field("dropped_by", delivery.settled_by_fault.empty()
                                        ? std::nullopt
                                        : std::optional(delivery.settled_by_fault))
      .field("created_at", format_timestamp(delivery.created_at));
  time_or_null(out, "next_attempt_at", delivery.next_attempt_at);
  out.field("attempts_made", delivery.attempts.size()).key("attempts").begin_array();
  for (const Attempt& attempt : delivery.attempts) write_attempt(out, attempt, detail);
  out.end_array();
}

void list(SimulatorParts& parts, const ControlCall& call, const Reply& reply) {
  const std::string state_name = call.query("state");
  const auto wanted = core::value_of(kDeliveryStateWords, state_name);
  if (!state_name.empty() && !wanted) {
    return reply(ApiError{400, "invalid_query_params",
                          "state is one of pending, in_flight, held, delivered, failed, "
                          "dropped"});
  }
  const auto limit = read_limit(call, reply, kDefaultLimit);
  if (!limit) return;
  const StreamFilter filter = filter_of(call);
  const State& state = parts.engine.state();
  std::vector<const Delivery*> chosen;
  // NOLINTNEXTLINE(modernize-loop-convert): from the newest
  for (auto it = state.deliveries.rbegin(); it != state.deliveries.rend(); ++it) {
    const Delivery& delivery = it->second;
    if (chosen.size() == *limit) break;
    const bool environment_fits =
        filter.environment.empty() || filter.environment == delivery.environment;
    if ((wanted && delivery.state != *wanted) || !environment_fits ||
        !filter.matches(delivery.stream)) {
      continue;
    }
    chosen.push_back(&delivery);
  }
  json::Writer out;
  out.begin_object().key("deliveries").begin_array();
  // NOLINTNEXTLINE(modernize-loop-convert): the oldest first again
  for (auto it = chosen.rbegin(); it != chosen.rend(); ++it) {
    out.begin_object();
    write_delivery(out, **it, Detail::kSummary, parts.engine.secrets());
    out.end_object();
  }
  out.end_array()
      .field("total", state.deliveries.size())
      .field("dropped", state.deliveries_forgotten)
      .end_object();
  reply(json_response(200, out.take()));
}

void show(SimulatorParts& parts, const std::string& id, const Reply& reply) {
  const Delivery* delivery = parts.webhooks.find(id);
  if (delivery == nullptr) {
    return reply(ApiError{404, "unknown_delivery", "there is no delivery '" + id + "'"});
  }
  json::Writer out;
  out.begin_object();
  write_delivery(out, *delivery, Detail::kWhole, parts.engine.secrets());
  out.field("body", delivery->body);
  write_headers(out, delivery->headers);
  out.end_object();
  reply(json_response(200, out.take()));
}

void resend(SimulatorParts& parts, const std::string& id, const Reply& reply) {
  if (const auto sent = parts.webhooks.resend(id); !sent) {
    const int status = sent.error().code == "unknown_delivery" ? 404 : 409;
    return reply(ApiError{status, sent.error().code, sent.error().message});
  }
  json::Writer out;
  out.begin_object().field("id", id).field("state", "pending").end_object();
  reply(json_response(202, out.take()));
}

}  // namespace

void add_delivery_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/deliveries",
             [&parts](const ControlCall& call, const Reply& reply) { list(parts, call, reply); });
  router.add("GET", "/_simulator/deliveries/{id}",
             [&parts](const ControlCall& call, const Reply& reply) {
               show(parts, call.parts.find("id")->second, reply);
             });
  router.add("POST", "/_simulator/deliveries/{id}/resend",
             [&parts](const ControlCall& call, const Reply& reply) {
               resend(parts, call.parts.find("id")->second, reply);
             });
}

}  // namespace terapi::simulator
