#include "client/records_request.h"

#include <string_view>

#include "core/rfc3339.h"
#include "core/url.h"
#include "core/version.h"

namespace terapi::client {
namespace {

// With `Z`: the one way to write UTC that both dialects take (docs/nango.md).
std::string utc_text(core::Time time) {
  constexpr std::string_view kOffset = "+00:00";
  std::string text = core::format_rfc3339(time);
  text.replace(text.size() - kOffset.size(), kOffset.size(), "Z");
  return text;
}

}  // namespace

core::Request records_request(const Endpoint& endpoint, const Stream& stream,
                              const PageAsked& asked) {
  core::Request request;
  request.target = endpoint.base_url + "/records?model=" + core::percent_encode(stream.model) +
                   "&limit=" + std::to_string(asked.limit);
  if (stream.variant != kBaseVariant) {
    request.target += "&variant=" + core::percent_encode(stream.variant);
  }
  if (asked.modified_after) {
    request.target += "&modified_after=" + core::percent_encode(utc_text(*asked.modified_after));
  }
  // A cursor may hold any character (CUR-6).
  if (asked.cursor) request.target += "&cursor=" + core::percent_encode(*asked.cursor);
  request.headers = {{"Authorization", "Bearer " + endpoint.secret_key},
                     {"Provider-Config-Key", stream.integration},
                     {"Connection-Id", stream.connection},
                     {"Accept", "application/json"},
                     {"Accept-Encoding", "identity"},
                     {"User-Agent", "terapi-sync/" + std::string(core::kVersion)}};
  return request;
}

}  // namespace terapi::client
