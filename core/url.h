// URLs and query strings (RFC 3986 and the form encoding that curl's --data-urlencode makes).
// Pure functions over text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace terapi::core {

// An absolute http or https URL, taken apart.
struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // without brackets for IPv6
  std::uint16_t port = 80;
  std::string target = "/";  // path and query, never empty; no fragment
  // "host:port", with brackets where needed; without the port where it is the scheme's default.
  std::string authority() const;
};

// Fails with code "bad_url" and says what is wrong.
Result<Url> parse_url(std::string_view text);

// The parameters of a query, decoded, in order.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// The first value of that name.
std::optional<std::string> find_parameter(const QueryParameters& query, std::string_view name);
// "model=Issue&limit=10", percent-encoded.
std::string encode_query(const QueryParameters& query);

// A request target, "/records?model=Issue", taken apart and decoded.
struct Target {
  std::string path;       // decoded
  QueryParameters query;  // decoded
  // The first value of that name in the query.
  std::optional<std::string> get(std::string_view name) const {
    return find_parameter(query, name);
  }
};

// Fails with code "bad_target" on a broken percent escape or a target that is not a path.
Result<Target> parse_target(std::string_view text);

// Percent-encodes everything but RFC 3986's unreserved characters.
std::string percent_encode(std::string_view text);
// "+" is a space only where `plus_is_space` says so (queries, not paths).
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace terapi::core
