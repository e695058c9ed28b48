// RecordsRequest: GET /records as the client sends it (AUTH-1, REC). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/stream.h"
#include "client/sync_options.h"
#include "core/clock.h"
#include "core/http_message.h"

namespace terapi::client {

struct PageAsked {
  std::optional<std::string> cursor{};         // after this one; none: from the beginning
  std::optional<core::Time> modified_after{};  // inclusive (REC-8)
  std::uint64_t limit = 1000;
};

core::Request records_request(const Endpoint& endpoint, const Stream& stream,
                              const PageAsked& asked);

}  // namespace terapi::client
