// What V8, and so Node.js, says of a text that JSON.parse refuses; the public system passes it on
// to its callers. Pure functions.
//
//   json_syntax_error("{")    // "Expected property name or '}' in JSON at position 1 (line 1 …"
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace terapi::simulator {

// Nothing where JSON.parse takes the text.
std::optional<std::string> json_syntax_error(std::string_view text);

// The same of body-parser, which takes objects and arrays only.
std::optional<std::string> json_body_error(std::string_view body);

}  // namespace terapi::simulator
