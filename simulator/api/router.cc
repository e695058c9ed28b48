#include "simulator/api/router.h"

#include <cstdint>
#include <optional>

#include "core/url.h"

namespace terapi::simulator {
namespace {

// A slash at the end means nothing (REC-2).
std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

std::optional<PathParts> match(const std::vector<std::string>& pattern,
                               const std::vector<std::string>& path, bool any_case) {
  // "{rest*}" stands for whatever is left, if only for nothing.
  const bool open = !pattern.empty() && pattern.back().ends_with("*}");
  if (open ? path.size() + 1 < pattern.size() : pattern.size() != path.size()) return std::nullopt;
  PathParts parts;
  for (std::size_t i = 0; i < pattern.size() - (open ? 1 : 0); ++i) {
    if (!pattern[i].starts_with('{')) {
      const bool same =
          any_case ? core::equals_ignoring_case(pattern[i], path[i]) : pattern[i] == path[i];
      if (!same) return std::nullopt;
    } else if (path[i].empty()) {
      return std::nullopt;
    } else {
      parts.emplace(pattern[i].substr(1, pattern[i].size() - 2), path[i]);
    }
  }
  return parts;
}

}  // namespace

void RouteTable::add(std::string method, std::string_view pattern) {
  const std::vector<std::string_view> parts = split(pattern);
  routes_.push_back({std::move(method), {parts.begin(), parts.end()}});
}

std::variant<RouteTable::Found, ApiError> RouteTable::find(std::string_view method,
                                                           std::string_view path,
                                                           bool any_case) const {
  std::vector<std::string> parts;
  for (const std::string_view part : split(path)) {
    parts.push_back(core::percent_decode(part, false).value_or(std::string(part)));
  }
  std::vector<std::pair<std::size_t, PathParts>> fitting;
  std::size_t fewest = SIZE_MAX;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    std::optional<PathParts> matched = match(routes_[i].pattern, parts, any_case);
    if (!matched || matched->size() > fewest) continue;
    if (matched->size() < fewest) fitting.clear();
    fewest = matched->size();
    fitting.emplace_back(i, std::move(*matched));
  }
  std::optional<Found> as_get;
  std::string allow;
  for (auto& [i, matched] : fitting) {
    if (routes_[i].method == method || routes_[i].method == "*")
      return Found{i, std::move(matched)};
    if (routes_[i].method == "GET" && method == "HEAD") as_get = Found{i, std::move(matched)};
    allow += (allow.empty() ? "" : ", ") + routes_[i].method;
  }
  if (as_get) return std::move(*as_get);
  if (allow.empty()) {
    return ApiError{404, "not_found", "there is nothing at " + std::string(path)};
  }
  return ApiError{.status = 405,
                  .code = "method_not_allowed",
                  .message = "this path answers " + allow + " only",
                  .headers = {{"Allow", allow}}};
}

}  // namespace terapi::simulator
