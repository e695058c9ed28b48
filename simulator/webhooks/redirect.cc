#include "simulator/webhooks/redirect.h"

#include <utility>

#include "core/url.h"

namespace terapi::simulator {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_about_content(std::string_view name) {
  constexpr std::string_view kContent = "content-";
  return core::equals_ignoring_case(name.substr(0, kContent.size()), kContent);
}

// Follow-redirects leaves these out where it goes to another host.
bool is_for_one_host(std::string_view name) {
  return core::equals_ignoring_case(name, "authorization") ||
         core::equals_ignoring_case(name, "cookie") || core::equals_ignoring_case(name, "host");
}

}  // namespace

std::optional<core::Request> redirected(const core::Request& sent, const core::Response& answer) {
  const auto location = answer.headers.get("Location");
  if (!is_redirect(answer.status) || !location) return std::nullopt;
  auto target = resolved_url(sent.target, *location);
  if (!target) return std::nullopt;
  const bool repeats = answer.status == 307 || answer.status == 308;
  core::Request next;
  next.method = repeats ? sent.method : "GET";
  if (repeats) next.body = sent.body;
  for (const auto& [name, value] : sent.headers) {
    if ((!repeats && is_about_content(name)) || is_for_one_host(name)) continue;
    next.headers.add(name, value);
  }
  next.target = *std::move(target);
  return next;
}

std::optional<std::string> resolved_url(std::string_view base, std::string_view reference) {
  const auto from = core::parse_url(base);
  if (!from) return std::nullopt;
  reference = reference.substr(0, reference.find('#'));
  std::string url(reference);
  const std::string root = from->scheme + "://" + from->authority();
  const std::string path = from->target.substr(0, from->target.find('?'));
  if (reference.empty()) {
    url = root + from->target;
  } else if (reference.starts_with("//")) {
    url = from->scheme + ":" + url;
  } else if (reference.starts_with('/')) {
    url = root + url;
  } else if (reference.starts_with('?')) {
    url = root + path + url;
  } else if (const std::size_t colon = reference.find(':');
             colon == std::string_view::npos || reference.find('/') < colon) {
    url = root + path.substr(0, path.rfind('/') + 1) + url;
  }
  if (!core::parse_url(url)) return std::nullopt;
  return url;
}

}  // namespace terapi::simulator
