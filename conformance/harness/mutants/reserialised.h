// reserialised, through_doubles: what careless programs make of a text that they should have kept,
// by parsing it into a tree and writing the tree. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace terapi::conformance {

// Compact and with sorted keys, as nlohmann::json gives it back; what it does not read, as it came.
std::string reserialised(std::string_view text);

// Compact, and each number as a double, as in JavaScript: 9007199254740993 comes out changed, and
// "null" comes of what has a 1e400 in it.
std::string through_doubles(std::string_view text);

}  // namespace terapi::conformance
