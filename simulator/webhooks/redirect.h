// Redirects as the HTTP client of the public system follows them (follow-redirects, under axios):
// a POST that is answered 301, 302 or 303 goes on as a GET without a body, 307 and 308 repeat it.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/http_message.h"

namespace terapi::simulator {

// The request that `answer` sends the caller of `sent` on with; nothing where it does not.
std::optional<core::Request> redirected(const core::Request& sent, const core::Response& answer);

// A reference (RFC 3986, 4.2) within `base`, an absolute URL; nothing where it leads to no http
// URL.
std::optional<std::string> resolved_url(std::string_view base, std::string_view reference);

}  // namespace terapi::simulator
