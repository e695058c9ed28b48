// What a caller asks for: the stream that a request names, and the parameters of its query. Values.
#pragma once

#include <string>

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

// Query parameters, in order; names may repeat.
using Query = core::QueryParameters;

// "?model=Issue&limit=1", percent-encoded; "" without parameters.
std::string query_text(const Query& query);

}  // namespace terapi::conformance
