#include "simulator/control/control_api.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/url.h"
#include "core/utf8.h"

namespace terapi::simulator {
namespace {

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

// The host of an Origin or Host value, without scheme and port.
std::string_view host_of(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    text.remove_prefix(scheme + 3);
  }
  if (text.starts_with("[")) return text.substr(0, text.find(']') + 1);
  return text.substr(0, text.find(':'));
}

// Case and the dot at its end mean nothing in a name.
bool names_this_machine(std::string_view given) {
  std::string host(given);
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (host.size() > 1 && host.ends_with('.')) host.pop_back();
  // "127.evil.example" begins like an address, but is a name.
  const bool address = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (address && is_loopback(host)) ||
         host.ends_with(".localhost");
}

// Whether a proxy says that it passes on what somebody else sent. The proxy is the one that this
// machine's loopback shows; who asked may be anywhere.
bool was_forwarded(const core::Headers& headers) {
  static constexpr auto kNames = std::to_array<std::string_view>({"Forwarded",
                                                                  "Forwarded-For",
                                                                  "Via",
                                                                  "X-Real-Ip",
                                                                  "X-Client-Ip",
                                                                  "Client-Ip",
                                                                  "X-Cluster-Client-Ip",
                                                                  "True-Client-Ip",
                                                                  "Cf-Connecting-Ip",
                                                                  "Fastly-Client-Ip",
                                                                  "X-Original-Forwarded-For",
                                                                  "X-Original-Host",
                                                                  "X-Original-Url",
                                                                  "X-Rewrite-Url",
                                                                  "X-Envoy-External-Address",
                                                                  "X-Appengine-User-Ip",
                                                                  "X-Azure-Clientip",
                                                                  "X-Proxyuser-Ip",
                                                                  "Proxy-Client-Ip",
                                                                  "Wl-Proxy-Client-Ip",
                                                                  "X-Remote-Ip",
                                                                  "X-Remote-Addr"});
  constexpr std::string_view kFamily = "X-Forwarded";
  return std::any_of(headers.begin(), headers.end(), [&](const core::Headers::Field& field) {
    const std::string_view name = field.first;
    return core::equals_ignoring_case(name.substr(0, kFamily.size()), kFamily) ||
           std::any_of(kNames.begin(), kNames.end(), [&](std::string_view known) {
             return core::equals_ignoring_case(name, known);
           });
  });
}

}  // namespace

bool is_control_path(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return path == "/metrics" || path == "/_simulator" || path.starts_with("/_simulator/");
}

std::optional<ApiError> refuse_caller(const core::Request& request,
                                      const std::string& control_token) {
  const auto refuse = [](std::string message) {
    return ApiError{403, "forbidden", std::move(message)};
  };
  const std::string_view given = request.headers.get("Authorization").value_or("");
  if (!control_token.empty() && given == "Bearer " + control_token) return std::nullopt;
  if (!is_loopback(request.remote_address)) {
    return refuse(
        "from other machines the control API requires 'Authorization: Bearer <control token>', and "
        "the simulator has to be started with --control-token");
  }
  if (was_forwarded(request.headers)) {
    return refuse(
        "a proxy has forwarded this request (X-Forwarded-For, Forwarded, Via or the like): whoever "
        "sent it may be anywhere; expected 'Authorization: Bearer <control token>', and "
        "--control-token at the start, or a call that comes directly");
  }
  // A page of another site can reach loopback through the browser of whoever looks at it: openly,
  // from a frame of its own ("null"), or, without an Origin, by a name that it made mean loopback.
  const auto origin = request.headers.get("Origin");
  const auto host = request.headers.get("Host");
  if ((origin && !names_this_machine(host_of(*origin))) ||
      (host && !names_this_machine(host_of(*host)))) {
    return refuse("the control API does not answer pages of other sites");
  }
  return std::nullopt;
}

bool shows_keys(std::string_view target) {
  constexpr auto kShown = std::to_array<std::string_view>(
      {"/_simulator/environment", "/_simulator/world", "/_simulator/truth", "/_simulator/upstream",
       "/_simulator/page", "/_simulator/openapi.json"});
  const std::string_view path = target.substr(0, target.find('?'));
  return path == "/_simulator" || path == "/_simulator/" ||
         std::any_of(kShown.begin(), kShown.end(), [&](std::string_view shown) {
           return path.starts_with(shown) &&
                  (path.size() == shown.size() || path[shown.size()] == '/');
         });
}

void route_control_call(const ControlRouter& router, const core::Request& request,
                        const Reply& reply) {
  core::Result<core::Target> target = core::parse_target(request.target);
  if (!target) return reply(ApiError{400, "invalid_request", target.error().message});
  // Names that are no text would be shown as others are.
  const auto is_text = [](const auto& parameter) {
    return core::is_utf8(parameter.first) && core::is_utf8(parameter.second);
  };
  if (!core::is_utf8(target->path) ||
      !std::all_of(target->query.begin(), target->query.end(), is_text)) {
    return reply(ApiError{400, "invalid_request",
                          "the request target is not UTF-8 once its %XX are decoded; half of a "
                          "surrogate pair has no UTF-8"});
  }
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  auto found = router.find(request.method, path);
  if (auto* error = std::get_if<ApiError>(&found)) return reply(std::move(*error));
  auto& route = std::get<ControlRouter::Found>(found);
  (*route.handler)({request, std::move(*target), std::move(route.parts)}, reply);
}

void add_stateless_routes(ControlRouter& router) {
  add_page_routes(router);
  add_health_routes(router);
}

void add_all_routes(ControlRouter& router, SimulatorParts& parts) {
  add_stateless_routes(router);
  add_status_routes(router, parts);
  add_world_routes(router, parts);
  add_clock_routes(router, parts);
  add_run_routes(router, parts);
  add_sync_routes(router, parts);
  add_upstream_routes(router, parts);
  add_truth_routes(router, parts);
  add_fault_routes(router, parts);
  add_delivery_routes(router, parts);
  add_journal_routes(router, parts);
  add_log_routes(router, parts);
}

}  // namespace terapi::simulator
