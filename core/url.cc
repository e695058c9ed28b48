#include "core/url.h"

#include <algorithm>

#include "core/hex.h"
#include "core/http_message.h"
#include "core/parse_number.h"
#include "core/shown_url.h"

namespace terapi::core {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

Error bad_url(std::string_view text, std::string_view why) {
  return {"bad_url", "'" + shown_url(text) + "' is not a URL that can be used: " +
                         std::string(why) + "; expected for example http://127.0.0.1:8080/path"};
}

bool has_control_or_space(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return true;
  }
  return false;
}

// Splits "host:port" or "[v6]:port"; false when the port is not one.
bool split_authority(std::string_view authority, Url& url) {
  std::string_view port;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    url.host = authority.substr(1, close - 1);
    const std::string_view rest = authority.substr(close + 1);
    if (!rest.empty()) {
      if (rest.front() != ':') return false;
      port = rest.substr(1);
    }
  } else {
    const std::size_t colon = authority.rfind(':');
    url.host = authority.substr(0, colon);
    if (url.host.find(':') != std::string::npos) return false;  // IPv6 without its brackets
    if (colon != std::string_view::npos) port = authority.substr(colon + 1);
  }
  if (port.empty()) return true;
  const auto number = parse_number<std::uint16_t>(port);
  if (!number || *number == 0) return false;
  url.port = *number;
  return true;
}

}  // namespace

std::string Url::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string text = v6 ? "[" + host + "]" : host;
  const std::uint16_t usual = scheme == "https" ? 443 : 80;
  if (port != usual) text += ":" + std::to_string(port);
  return text;
}

Result<Url> parse_url(std::string_view text) {
  if (has_control_or_space(text))
    return bad_url(text, "it contains a space or a control character");
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos)
    return bad_url(text, "it has no scheme (http:// or https://)");
  Url url;
  if (equals_ignoring_case(text.substr(0, colon), "http")) {
    url.scheme = "http";
  } else if (equals_ignoring_case(text.substr(0, colon), "https")) {
    url.scheme = "https";
    url.port = 443;
  } else {
    return bad_url(text, "its scheme is neither http nor https");
  }
  std::string_view rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, path);
  if (authority.find('@') != std::string_view::npos) {
    return bad_url("…", "it contains a user name or password");
  }
  if (!split_authority(authority, url))
    return bad_url(text, "its port is not 1 to 65535, or its IPv6 address has no brackets");
  if (url.host.empty()) return bad_url(text, "it has no host");
  if (path != std::string_view::npos) {
    url.target = rest.substr(path);
    if (url.target.front() == '?') url.target.insert(0, "/");
  }
  return url;
}

Result<Target> parse_target(std::string_view text) {
  if (text.empty() || text.front() != '/') {
    return Error{"bad_target", "the request target has to start with '/'"};
  }
  const std::size_t mark = text.find('?');
  Result<std::string> path = percent_decode(text.substr(0, mark), false);
  if (!path) return path.error();
  Target target;
  target.path = std::move(*path);
  if (mark == std::string_view::npos) return target;
  std::string_view query = text.substr(mark + 1);
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    Result<std::string> name = percent_decode(pair.substr(0, equals), true);
    Result<std::string> value = percent_decode(
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name) return name.error();
    if (!value) return value.error();
    target.query.emplace_back(std::move(*name), std::move(*value));
  }
  return target;
}

std::optional<std::string> find_parameter(const QueryParameters& query, std::string_view name) {
  const auto found = std::find_if(query.begin(), query.end(),
                                  [&](const auto& parameter) { return parameter.first == name; });
  return found == query.end() ? std::nullopt : std::optional(found->second);
}

std::string encode_query(const QueryParameters& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    if (!text.empty()) text += '&';
    text += percent_encode(name) + "=" + percent_encode(value);
  }
  return text;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return Error{"bad_target", "'%' in the request target is not followed by two hex digits"};
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace terapi::core
