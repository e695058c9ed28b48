// How Express, the framework of the public system, answers around the routes themselves: the
// preflight of browsers, bodies and types that it refuses before anybody is asked for a key, pages
// for what it does not know, and the headers of every answer. For dialects that are `express`.
// Pure.
#pragma once

#include <optional>
#include <string_view>

#include "core/http_message.h"
#include "simulator/api/api_error.h"

namespace terapi::simulator {

// The answer to a request that no route gets: OPTIONS, malformed JSON, a wrong content type.
std::optional<core::Response> answer_before_routes(const core::Request& request,
                                                   const Secrets& secrets);

// Whether there is a body that is read: JSON by its type, if only an empty one.
bool is_json_body(const core::Request& request);

// The answer where no route fits: the dashboard's page to a GET, if `dashboard`, or 404.
core::Response answer_without_route(const core::Request& request, bool dashboard,
                                    const Secrets& secrets);

// Adds what every answer has, and makes of one that the caller has already a 304.
void dress_as_express(const core::Request& request, core::Response& response);

}  // namespace terapi::simulator
