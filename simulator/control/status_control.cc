// GET /_simulator/health, ready, openapi.json, streams, the page, and /metrics.
#include <array>

#include "core/json_writer.h"
#include "core/prometheus_label.h"
#include "core/version.h"
#include "simulator/api/api_error.h"
#include "simulator/control/control_api.h"
#include "simulator/control/openapi_document.h"
#include "simulator/embedded.h"

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

class MetricsText {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    text_ += "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " +
             std::string(name) + " " + std::string(type) + "\n";
  }
  void sample(std::string_view name, std::string_view labels, std::uint64_t value) {
    text_ += std::string(name);
    if (!labels.empty()) text_ += "{" + std::string(labels) + "}";
    text_ += " " + std::to_string(value) + "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void add_stream_metrics(MetricsText& out, const SimulatorParts& parts) {
  out.family("terapi_records", "gauge", "Records of each stream, by last action.");
  for (const Environment& environment : parts.engine.state().environments) {
    for (const auto& [key, stream] : environment.streams) {
      const std::string labels = "integration=\"" + core::prometheus_label(key.integration) +
                                 "\",connection=\"" + core::prometheus_label(key.connection) +
                                 "\",model=\"" + core::prometheus_label(key.model) +
                                 "\",variant=\"" + core::prometheus_label(key.variant) +
                                 "\",last_action=\"";
      for (const Action action : {Action::kAdded, Action::kUpdated, Action::kDeleted}) {
        out.sample("terapi_records", labels + std::string(action_name(action)) + "\"",
                   stream.log.count(action));
      }
    }
  }
}

std::string metrics_text(SimulatorParts& parts) {
  MetricsText out;
  out.family("terapi_requests_total", "counter", "Requests to the public API.");
  for (const auto& [status, count] : parts.engine.requests().by_status()) {
    out.sample("terapi_requests_total", "status=\"" + std::to_string(status) + "\"", count);
  }
  add_stream_metrics(out, parts);
  const State& state = parts.engine.state();
  out.family("terapi_runs_total", "counter", "Sync runs.");
  out.sample("terapi_runs_total", "", state.last_run);
  out.family("terapi_webhook_attempts_total", "counter", "Webhook attempts sent.");
  out.sample("terapi_webhook_attempts_total", "", parts.webhooks.attempts_made());
  out.family("terapi_webhook_in_flight", "gauge", "Webhook attempts on the wire.");
  out.sample("terapi_webhook_in_flight", "", parts.webhooks.in_flight());
  std::array<std::uint64_t, 6> by_state{};
  for (const auto& [number, delivery] : state.deliveries) {
    ++by_state[static_cast<std::size_t>(delivery.state)];
  }
  out.family("terapi_deliveries", "gauge", "Webhook deliveries kept, by state.");
  for (std::size_t i = 0; i < by_state.size(); ++i) {
    const std::string name(delivery_state_name(static_cast<DeliveryState>(i)));
    out.sample("terapi_deliveries", "state=\"" + name + "\"", by_state[i]);
  }
  out.family("terapi_faults_fired_total", "counter", "How often each fault rule struck.");
  for (const FaultRule& rule : state.faults.rules()) {
    out.sample("terapi_faults_fired_total", "rule=\"" + core::prometheus_label(rule.id) + "\"",
               static_cast<std::uint64_t>(rule.fired));
  }
  out.family("terapi_advisories", "gauge", "Advisories about callers.");
  out.sample("terapi_advisories", "", parts.advisories.all().size());
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

core::Response page_response() {
  core::Response response = text_response("text/html; charset=utf-8", std::string(kPage));
  response.headers.add("Content-Security-Policy",
                       "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
                       "img-src 'self' data:; frame-ancestors 'none'");
  response.headers.add("Cache-Control", "no-cache");
  return response;
}

}  // namespace

void add_status_routes(SimulatorParts& parts) {
  ControlRouter& router = parts.control;
  router.add("GET", "/_simulator/health", [](const ControlCall&, const Reply& reply) {
    reply(json_response(200, R"({"status":"ok"})"));
  });
  router.add("GET", "/_simulator/ready", [&parts](const ControlCall&, const Reply& reply) {
    if (parts.stored) return reply(json_response(200, ready_json(parts)));
    reply(ApiError{503, parts.stored.error().code, parts.stored.error().message});
  });
  router.add("GET", "/_simulator/openapi.json", [](const ControlCall&, const Reply& reply) {
    reply(text_response("application/json; charset=utf-8", openapi_document()));
  });
  router.add("GET", "/_simulator/streams", [&parts](const ControlCall&, const Reply& reply) {
    reply(json_response(200, streams_json(parts)));
  });
  router.add("GET", "/metrics", [&parts](const ControlCall&, const Reply& reply) {
    reply(text_response("text/plain; version=0.0.4; charset=utf-8", metrics_text(parts)));
  });
  router.add("GET", "/_simulator",
             [](const ControlCall&, const Reply& reply) { reply(page_response()); });
}

}  // namespace terapi::simulator
