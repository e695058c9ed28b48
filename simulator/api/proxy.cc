#include "simulator/api/proxy.h"

#include <algorithm>
#include <utility>

#include "core/parse_number.h"
#include "simulator/api/proxy_calls.h"

namespace terapi::simulator {
namespace {

constexpr std::string_view kPrefix = "/proxy";
constexpr int kMostRetries = 10;

// The header's name behind "Terapi-Proxy-" (or "Nango-Proxy-"), or nothing.
std::optional<std::string> forwarded_name(std::string_view name) {
  for (const std::string_view prefix : {"terapi-proxy-", "nango-proxy-"}) {
    if (name.size() > prefix.size() &&
        core::equals_ignoring_case(name.substr(0, prefix.size()), prefix)) {
      return std::string(name.substr(prefix.size()));
    }
  }
  return std::nullopt;
}

// A header that says where or how a request is sent, which is not its caller's business here.
bool is_of_the_connection(std::string_view name) {
  return core::equals_ignoring_case(name, "Host") || core::equals_ignoring_case(name, "Expect") ||
         core::equals_ignoring_case(name, "TE") || core::equals_ignoring_case(name, "Upgrade");
}

core::Request request_to_pass_on(const core::Request& given) {
  core::Request request;
  request.method = given.method;
  request.target = given.target.substr(kPrefix.size());
  if (request.target.empty() || request.target.front() == '?') {
    request.target.insert(0, "/");
  }
  for (const auto& [name, value] : given.headers) {
    if (core::equals_ignoring_case(name, "Content-Type") ||
        core::equals_ignoring_case(name, "Accept")) {
      request.headers.add(name, value);
    } else if (auto forwarded = forwarded_name(name);
               forwarded && !is_of_the_connection(*forwarded)) {
      request.headers.set(std::move(*forwarded), value);
    }
  }
  request.body = given.body;
  return request;
}

int retries_asked(const core::Request& request) {
  const auto number = core::parse_number<int>(request.headers.get("Retries").value_or("0"));
  return std::clamp(number.value_or(0), 0, kMostRetries);
}

// "404,409"; what is no number is passed over, as in Retries.
std::set<int> statuses_asked(const core::Request& request) {
  std::set<int> statuses;
  std::string_view rest = request.headers.get("Retry-On").value_or("");
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (const auto status = core::parse_number<int>(one)) statuses.insert(*status);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return statuses;
}

ApiError bad_override(std::string message) {
  return invalid_input("invalid_headers",
                       {{"invalid_value", std::move(message), {"base-url-override"}}});
}

// Sends the order to the host that Base-Url-Override names, if it names one and may; else says why
// not.
std::optional<ApiError> redirect_to_override(const PublicCall& call, ProxyCalls::Order& order) {
  const std::string_view given = call.request.headers.get("Base-Url-Override").value_or("");
  if (given.empty()) return std::nullopt;
  const auto base = core::parse_url(given);
  if (!base) return bad_override(base.error().message);
  if (!call.machines.proxy.allows(*base)) {
    return ApiError{403, "base_url_override_refused",
                    "this simulator sends nothing to " + base->scheme + "://" + base->authority() +
                        "; if you mean it to, start it with --allow-base-url"};
  }
  if (base->target.find('?') != std::string::npos) {
    return bad_override("a base URL has no query; put it into the path of the request");
  }
  order.host = base->scheme + "://" + base->authority();
  std::string path = base->target;
  while (path.ends_with('/')) path.pop_back();
  order.request.target = *order.host + path + order.request.target;
  order.asked =
      call.request.method + " " + *order.host + path + call.target.path.substr(kPrefix.size());
  return std::nullopt;
}

}  // namespace

PublicResult pass_to_proxy(PublicCall& call) {
  PublicAnswer answer;
  if (auto refused = read_connection(call, answer.stream)) return std::move(*refused);
  ProxyCalls::Order order;
  order.environment = call.environment.settings.name;
  // Not its query, in which an external API's own key may stand.
  order.asked = call.request.method + " " + call.target.path.substr(kPrefix.size());
  order.connection = answer.stream;
  order.request = request_to_pass_on(call.request);
  order.retries = retries_asked(call.request);
  order.retry_on = statuses_asked(call.request);
  if (auto refused = redirect_to_override(call, order)) return std::move(*refused);
  answer.later = [&proxy = call.machines.proxy,
                  order = std::move(order)](ProxyCalls::Done done) mutable {
    proxy.start(std::move(order), std::move(done));
  };
  return answer;
}

}  // namespace terapi::simulator
