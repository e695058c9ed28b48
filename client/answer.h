// Answer: what the client makes of a response to GET /records, by the rules of CLIENT-9. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "client/dialect.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/transport.h"

namespace terapi::client {

struct Answer {
  enum class Kind : std::uint8_t {
    kPage,       // 200: read it
    kTryAgain,   // 429, 5xx, a connection or body that broke: later, from the stored cursor
    kBadCursor,  // the server refuses the cursor: read everything again
    kStop,       // trying again would not help: 401, 400, …
  };
  Kind kind = Kind::kPage;
  core::Error error{};  // why, for all but a page
  int status = 0;       // the answer's; 0: none came
  // What the server asked for, on 429 and 503.
  std::optional<core::Duration> retry_after{};
};

// `now` is for a Retry-After that is a date. An error's message holds the server's own code and
// message, shortened, and never a key.
Answer answer_of(const core::Result<core::Response>& response, core::Time now,
                 const Dialect& dialect = terapi_dialect());

}  // namespace terapi::client
