#include "simulator/control/router.h"

#include <algorithm>

#include "simulator/api/api_error.h"

namespace terapi::simulator {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path,
          ControlCall& call) {
  if (pattern.size() != path.size()) return false;
  call.parts.clear();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      if (path[i].empty()) return false;
      call.parts[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string ControlCall::query(std::string_view name) const {
  for (const auto& [key, value] : target.query) {
    if (key == name) return value;
  }
  return {};
}

void Router::add(std::string method, const std::string& pattern, ControlHandler handler) {
  routes_.push_back({std::move(method), split(pattern), std::move(handler)});
}

void Router::route(ControlCall& call, const Reply& reply) const {
  const std::vector<std::string> path = split(call.target.path);
  const std::string method = call.request.method == "HEAD" ? "GET" : call.request.method;
  std::string allow;
  for (const Route& route : routes_) {
    if (!fits(route.pattern, path, call)) continue;
    if (route.method == method) return route.handler(call, reply);
    allow += (allow.empty() ? "" : ", ") + route.method;
  }
  if (allow.empty()) {
    return reply(error_response(404, "not_found", "there is nothing at " + call.target.path));
  }
  core::Response refused =
      error_response(405, "method_not_allowed", "this path answers " + allow + " only");
  refused.headers.add("Allow", allow);
  reply(std::move(refused));
}

}  // namespace terapi::simulator
