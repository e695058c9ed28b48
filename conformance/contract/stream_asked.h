// What a caller asks for: the stream that a request names, how findings call it, and the parameters
// of its query. Values.
#pragma once

#include <string>
#include <string_view>

#include "core/url.h"

namespace terapi::conformance {

// The stream that is asked for.
struct StreamAsked {
  std::string integration = "github";
  std::string connection = "demo";
  std::string model = "Issue";
  std::string variant = "base";

  friend bool operator==(const StreamAsked&, const StreamAsked&) = default;
};

// "github/demo/Issue", or "github/demo/Issue/v2".
std::string stream_name(std::string_view integration, std::string_view connection,
                        std::string_view model, std::string_view variant = "base");
std::string stream_name(const StreamAsked& stream);

// Query parameters, in order; names may repeat.
using Query = core::QueryParameters;

// "?model=Issue&limit=1", percent-encoded; "" without parameters.
std::string query_text(const Query& query);

}  // namespace terapi::conformance
