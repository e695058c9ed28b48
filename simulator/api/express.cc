#include "simulator/api/express.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <regex>
#include <string>
#include <utility>

#include "core/base64.h"
#include "core/hmac.h"
#include "core/json.h"
#include "core/random.h"
#include "core/url.h"
#include "simulator/javascript/json_syntax_error.h"
#include "simulator/records/uuid.h"

namespace terapi::simulator {
namespace {

std::string_view path_of(const core::Request& request) {
  return std::string_view(request.target).substr(0, request.target.find('?'));
}

core::Response page(int status, std::string_view title, std::string_view body) {
  core::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.body.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
      .append("<title>")
      .append(title)
      .append("</title>\n</head>\n<body>\n")
      .append(body)
      .append("\n</body>\n</html>\n");
  return response;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

core::Response preflight() {
  core::Response response;
  response.status = 204;
  response.headers.add("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
  response.headers.add("Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Accept, Origin, X-Requested-With, "
                       "Nango-Activity-Log-Id, Nango-Is-Dry-Run, Nango-Is-Sync, "
                       "Provider-Config-Key, Connection-Id, Sentry-Trace, Baggage");
  response.headers.add("Access-Control-Max-Age", "600");
  return response;
}

// As type-is has it: without parameters, in any case.
bool is_json_type(std::string_view type) {
  std::string_view name = type.substr(0, type.find(';'));
  while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
  return core::equals_ignoring_case(name, "application/json");
}

// The type, unless it is empty, which is none.
std::optional<std::string_view> type_of(const core::Request& request) {
  const auto type = request.headers.get("Content-Type");
  return type && !type->empty() ? type : std::nullopt;
}

// Body-parser reads "utf-8" and its kin only.
bool has_other_charset(std::string_view type) {
  constexpr std::string_view kName = "charset=";
  std::string lower(type);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::size_t at = lower.find(kName);
  if (at == std::string::npos) return false;
  std::string_view charset = std::string_view(lower).substr(at + kName.size());
  if (charset.starts_with('"')) charset.remove_prefix(1);
  return !charset.starts_with("utf-");
}

// Where the type of a body is looked at: the proxy passes any on, and so does what is nobody's.
bool wants_json(std::string_view path) {
  static constexpr std::string_view kRoots[] = {"/records",      "/connections", "/connection",
                                                "/integrations", "/sync",        "/action"};
  return std::any_of(std::begin(kRoots), std::end(kRoots), [&](std::string_view root) {
    return core::equals_ignoring_case(path.substr(0, root.size()), root) &&
           (path.size() == root.size() || path[root.size()] == '/');
  });
}

// What the public system makes of what it did not foresee.
core::Response support_needed(const core::Request& request) {
  const Uuid id = random_uuid(core::hash64(1, request.target), core::hash64(2, request.body));
  const std::string text = format_uuid(id);
  return json_response(
      500, R"({"error":{"message":"An error occurred. Please contact support with )"
           R"(this unique id: \")" +
               text + R"(\"","code":"generic_error_support","payload":")" + text + R"("}})");
}

// As encodeurl has it: what a URL may hold stays, what is encoded already does, too.
std::string encoded_path(std::string_view path) {
  constexpr std::string_view kEncoded = "\"<>`{}";
  std::string out;
  for (const char c : path.substr(0, path.find('#'))) {
    const bool encodes = static_cast<unsigned char>(c) <= 0x20 ||
                         static_cast<unsigned char>(c) >= 0x7F ||
                         kEncoded.find(c) != std::string_view::npos;
    if (encodes) {
      out += core::percent_encode(std::string_view(&c, 1));
    } else {
      out += c;
    }
  }
  return out;
}

// A list of entity tags, or "*", against one of ours; whether they are weak makes no difference.
bool has_already(std::string_view list, std::string_view tag) {
  if (list == "*") return true;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == tag || "W/" + std::string(one) == tag || one == "W/" + std::string(tag)) return true;
  }
  return false;
}

// A directive of its own among those of Cache-Control.
bool asks_for_fresh(std::string_view cache_control) {
  static const std::regex kNoCache(R"((^|,)\s*no-cache\s*(,|$))");
  return std::regex_search(cache_control.begin(), cache_control.end(), kNoCache);
}

// The form of Express's own, of another hash: the length, and 27 characters.
std::string entity_tag(std::string_view body) {
  constexpr std::size_t kHashBytes = 20;
  constexpr char kDigits[] = "0123456789abcdef";
  std::string size;
  for (std::size_t left = body.size(); left > 0 || size.empty(); left /= 16) {
    size.insert(size.begin(), kDigits[left % 16]);
  }
  return "W/\"" + size + "-" +
         core::base64(core::sha256(body).substr(0, kHashBytes), core::Padding::kWithout) + "\"";
}

void add_security_headers(core::Headers& headers) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kAlways = {{
      {"X-XSS-Protection", "0"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Download-Options", "noopen"},
      {"X-Frame-Options", "SAMEORIGIN"},
      {"X-DNS-Prefetch-Control", "off"},
      {"Referrer-Policy", "strict-origin"},
      {"Strict-Transport-Security", "max-age=5184000; includeSubDomains"},
      {"Access-Control-Allow-Origin", "*"},
      {"Access-Control-Expose-Headers",
       "Authorization, Etag, Content-Type, Content-Length, X-Nango-Signature, X-RateLimit-Limit, "
       "X-RateLimit-Remaining, X-RateLimit-Reset"},
  }};
  for (const auto& [name, value] : kAlways) headers.set(std::string(name), std::string(value));
}

}  // namespace

std::optional<core::Response> answer_before_routes(const core::Request& request,
                                                   const Secrets& secrets) {
  const auto type = type_of(request);
  if (is_json_body(request)) {
    if (has_other_charset(*type)) return support_needed(request);
    std::string_view body = request.body;
    if (body.starts_with(core::json::kByteOrderMark)) {
      body.remove_prefix(core::json::kByteOrderMark.size());
    }
    auto wrong = body.empty() ? std::nullopt : json_body_error(body);
    if (wrong) return error_response({400, "invalid_json", *std::move(wrong)}, secrets);
  }
  if (request.method == "OPTIONS") return preflight();
  if (!core::percent_decode(path_of(request), false)) return support_needed(request);
  if (type && !type->starts_with("application/json") && wants_json(path_of(request))) {
    return error_response(
        {415, "invalid_content_type", "Content-Type header must be application/json"}, secrets);
  }
  return std::nullopt;
}

bool is_json_body(const core::Request& request) {
  const auto type = type_of(request);
  const bool announced = !request.body.empty() || request.headers.get("Content-Length") ||
                         request.headers.get("Transfer-Encoding");
  return announced && type && is_json_type(*type);
}

core::Response answer_without_route(const core::Request& request, bool dashboard,
                                    const Secrets& secrets) {
  if (dashboard && (request.method == "GET" || request.method == "HEAD")) {
    core::Response response =
        page(200, "Nango", "<p>The dashboard, which answers for every path that is no other.</p>");
    response.headers.add("Cache-Control", "no-cache, private");
    return response;
  }
  const std::string asked = encoded_path(secrets.hide(std::string(path_of(request))));
  core::Response response = page(
      404, "Error", "<pre>Cannot " + escaped(request.method) + " " + escaped(asked) + "</pre>");
  response.headers.add("Content-Security-Policy", "default-src 'none'");
  return response;
}

void dress_as_express(const core::Request& request, core::Response& response) {
  add_security_headers(response.headers);
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (response.status == 204 || response.headers.get("Content-Security-Policy")) return;
  const std::string tag = entity_tag(response.body);
  response.headers.set("ETag", tag);
  const auto known = request.headers.list("If-None-Match");
  const auto cache = request.headers.get("Cache-Control").value_or("");
  const bool fresh = !asks_for_fresh(cache);
  if (is_read && fresh && response.status == 200 && known && has_already(*known, tag)) {
    response.status = 304;
    response.body.clear();
    response.headers.erase("Content-Type");
  }
}

}  // namespace terapi::simulator
