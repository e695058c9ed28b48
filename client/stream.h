// Stream: what one cursor belongs to, a (connection, model, variant) of an integration
// (CLIENT-1), and how it is written on a command line. Values, no thread rule.
//
//   Result<Stream> stream = parse_stream("github/demo/Issue");
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/result.h"

namespace terapi::client {

// The variant of a sync that has no variants.
inline constexpr std::string_view kBaseVariant = "base";

struct Stream {
  std::string integration;  // the provider config key
  std::string connection;
  std::string model;
  std::string variant = std::string(kBaseVariant);
  friend auto operator<=>(const Stream&, const Stream&) = default;
};

// "INTEGRATION/CONNECTION/MODEL" or "INTEGRATION/CONNECTION/MODEL/VARIANT"; a slash within a part
// is written %2F, a percent sign %25. Each part is UTF-8, since it is stored as text, and holds no
// control character, since it is sent in a header. Code "bad_stream".
core::Result<Stream> parse_stream(std::string_view text);

// The same text back; without the variant where that is "base".
std::string to_string(const Stream& stream);

}  // namespace terapi::client
