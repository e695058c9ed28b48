// The text of an HTTP/1.1 message's head: start line and header fields, up to the empty line. Pure
// functions.
//
// Whatever is in a name or value, it cannot end a line: control characters come out as spaces.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "core/http_message.h"
#include "core/url.h"

namespace terapi::core {

// "Tue, 15 Nov 1994 08:12:31 GMT"
std::string http_date(std::time_t time);

// What the connection adds to a response of its own.
struct ResponseFraming {
  std::optional<std::uint64_t> content_length;  // none: no body, or one of unknown length
  bool chunked = false;
  std::string_view date;                // used unless the response has one
  std::string_view connection;          // "close", "keep-alive" or "" for no header
  std::int64_t keep_alive_seconds = 0;  // 0: no Keep-Alive header
  bool gives_reason = true;             // false: nothing follows on the status
};
void append_response_head(std::string& out, const Response& response,
                          const ResponseFraming& framing);

// With Host, and with Content-Length where there is a body or the method usually has one.
void append_request_head(std::string& out, const Request& request, const Url& url);

// True for 1xx, 204 and 304.
bool is_bodyless_status(int status);

}  // namespace terapi::core
