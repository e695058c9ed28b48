#include "simulator/program/edge_metrics.h"

namespace terapi::simulator {
namespace {

std::string family(const std::string& name, const std::string& type, const std::string& help) {
  return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

}  // namespace

std::string edge_metrics(const core::HttpServerCounters& counters) {
  std::string text = family("terapi_http_connections", "gauge", "Open connections.");
  text += "terapi_http_connections " + std::to_string(counters.open_connections) + "\n";
  text += family("terapi_http_connections_total", "counter", "Connections accepted.");
  text += "terapi_http_connections_total " + std::to_string(counters.accepted) + "\n";
  text += family("terapi_http_requests_total", "counter", "Requests of any path.");
  text += "terapi_http_requests_total " + std::to_string(counters.requests) + "\n";
  text += family("terapi_http_rejected_total", "counter",
                 "Requests refused by the HTTP edge, by its error code.");
  for (const auto& [code, count] : counters.rejected) {
    text += "terapi_http_rejected_total{code=\"" + code + "\"} " + std::to_string(count) + "\n";
  }
  return text;
}

}  // namespace terapi::simulator
