// A JSON value as JavaScript has it after JSON.parse and says it again with JSON.stringify: numbers
// are doubles (1.0 is 1, -0 is 0, 1e400 is null), of a repeated key the last one counts, keys that
// are array indices come first, and "__proto__" is dropped. What a system in that language hands
// on, whatever was saved (docs/nango.md). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace terapi::conformance {

enum class KeyOrder : std::uint8_t {
  kJavascript,  // as JSON.stringify says them; `id` of the whole in front, where a save puts it
  kNone,        // sorted, so that texts of the same value are the same
};

// The text; what is no JSON, or is nested too deep to be read so, comes back as it is.
std::string javascript_text(std::string_view json, KeyOrder order);

// True when JavaScript cannot tell the two apart, but for the order of keys.
bool same_in_javascript(std::string_view a, std::string_view b);

}  // namespace terapi::conformance
