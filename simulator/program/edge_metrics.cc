#include "simulator/program/edge_metrics.h"

#include "core/prometheus_text.h"

namespace terapi::simulator {

std::string edge_metrics(const core::HttpServerCounters& counters) {
  core::PrometheusText out;
  out.single("terapi_http_connections", "gauge", "Open connections.", counters.open_connections);
  out.single("terapi_http_connections_total", "counter", "Connections accepted.",
             counters.accepted);
  out.single("terapi_http_requests_total", "counter", "Requests of any path.", counters.requests);
  out.family("terapi_http_rejected_total", "counter",
             "Requests refused by the HTTP edge, by its error code.");
  for (const auto& [code, count] : counters.rejected) out.sample({{"code", code}}, count);
  return out.take();
}

}  // namespace terapi::simulator
