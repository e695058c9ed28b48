// reserialised: a JSON value as a library gives it back that holds numbers as doubles, decodes
// strings and sorts keys: what careless programs make of a text they should have kept. Pure.
#pragma once

#include <string>

#include "core/json.h"

namespace terapi::conformance {

enum class Keys : std::uint8_t { kAsWritten, kSorted };

// Compact. Numbers that a double does not hold come out changed; whole ones as whole numbers.
std::string reserialised(const core::json::Value& value, Keys keys);

}  // namespace terapi::conformance
