// GET /_simulator/health, ready, openapi.json, streams, and /metrics.
#include <map>

#include "core/json_writer.h"
#include "core/prometheus_text.h"
#include "core/version.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/openapi_document.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

std::string streams_json(const SimulatorParts& parts) {
  json::Writer out;
  out.begin_object().key("streams").begin_array();
  for (const Environment& environment : parts.engine.state().environments) {
    for (const auto& [key, stream] : environment.streams) {
      const Record* last = stream.log.last();
      out.begin_object()
          .field("environment", environment.settings.name)
          .field("integration", key.integration)
          .field("connection", key.connection)
          .field("model", key.model)
          .field("variant", key.variant)
          .field("records", stream.log.size())
          .field("added", stream.log.count(Action::kAdded))
          .field("updated", stream.log.count(Action::kUpdated))
          .field("deleted", stream.log.count(Action::kDeleted))
          .field("bytes", stream.log.bytes());
      if (last == nullptr) {
        out.null_field("last_cursor").null_field("last_modified_at");
      } else {
        out.field("last_cursor", encode_cursor(last->position(), parts.engine.dialect()))
            .field("last_modified_at", format_timestamp(last->last_modified()));
      }
      out.end_object();
    }
  }
  out.end_array().end_object();
  return out.take();
}

std::string ready_json(const SimulatorParts& parts) {
  json::Writer out;
  out.begin_object()
      .field("status", "ready")
      .field("dialect", parts.engine.dialect().name)
      .field("version", core::kVersion)
      .field("seed", parts.engine.seed())
      .end_object();
  return out.take();
}

void add_stream_metrics(core::PrometheusText& out, const SimulatorParts& parts) {
  out.family("terapi_records", "gauge", "Records of each stream, by last action.");
  for (const Environment& environment : parts.engine.state().environments) {
    for (const auto& [key, stream] : environment.streams) {
      for (const core::Word<Action>& action : kActionWords) {
        out.sample({{"integration", key.integration},
                    {"connection", key.connection},
                    {"model", key.model},
                    {"variant", key.variant},
                    {"last_action", action.word}},
                   stream.log.count(action.value));
      }
    }
  }
}

std::string metrics_text(SimulatorParts& parts) {
  core::PrometheusText out;
  out.family("terapi_requests_total", "counter", "Requests to the public API.");
  for (const auto& [status, count] : parts.engine.requests().by_status()) {
    out.sample({{"status", std::to_string(status)}}, count);
  }
  add_stream_metrics(out, parts);
  const State& state = parts.engine.state();
  out.single("terapi_runs_total", "counter", "Sync runs.", state.last_run);
  out.single("terapi_webhook_attempts_total", "counter", "Webhook attempts sent.",
             parts.webhooks.attempts_made());
  out.single("terapi_webhook_in_flight", "gauge", "Webhook attempts on the wire.",
             parts.webhooks.in_flight());
  std::map<DeliveryState, std::uint64_t> by_state;
  for (const auto& [number, delivery] : state.deliveries) ++by_state[delivery.state];
  out.family("terapi_deliveries", "gauge", "Webhook deliveries kept, by state.");
  for (const core::Word<DeliveryState>& each : kDeliveryStateWords) {
    out.sample({{"state", each.word}}, by_state[each.value]);
  }
  out.family("terapi_faults_fired_total", "counter", "How often each fault rule struck.");
  for (const FaultRule& rule : state.faults.rules()) {
    out.sample({{"rule", rule.id}}, static_cast<std::uint64_t>(rule.fired));
  }
  out.single("terapi_advisories", "gauge", "Advisories about callers.",
             parts.advisories.all().size());
  std::string text = out.take();
  if (parts.extra_metrics) text += parts.extra_metrics();
  return text;
}

core::Response text_response(std::string type, std::string body) {
  core::Response response;
  response.headers.add("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

}  // namespace

void add_health_routes(ControlRouter& router) {
  router.add("GET", "/_simulator/health", [](const ControlCall&, const Reply& reply) {
    reply(json_response(200, R"({"status":"ok"})"));
  });
  router.add("GET", "/_simulator/openapi.json", [](const ControlCall&, const Reply& reply) {
    reply(text_response("application/json; charset=utf-8", openapi_document()));
  });
}

void add_status_routes(ControlRouter& router, SimulatorParts& parts) {
  router.add("GET", "/_simulator/ready", [&parts](const ControlCall&, const Reply& reply) {
    if (parts.stored) return reply(json_response(200, ready_json(parts)));
    reply(ApiError{503, parts.stored.error().code, parts.stored.error().message});
  });
  router.add("GET", "/_simulator/streams", [&parts](const ControlCall&, const Reply& reply) {
    reply(json_response(200, streams_json(parts)));
  });
  router.add("GET", "/metrics", [&parts](const ControlCall&, const Reply& reply) {
    reply(text_response("text/plain; version=0.0.4; charset=utf-8", metrics_text(parts)));
  });
}

}  // namespace terapi::simulator
