// JsonTree: a scenario's JSON taken apart, to be changed and put together again. It is nlohmann's
// tree, with its members in the order of the text, and one more thing: a number that a double does
// not spell (0.10, 1e400, 9007199254740993) is kept as the bytes of its text, since a record's
// payload is a payload only as it is written.
//
// A value, no thread rule.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/json.h"

namespace terapi::conformance {

using JsonTree = nlohmann::ordered_json;

JsonTree json_tree(const core::json::Value& value);
// Compact. What json_tree() took apart, as it was written.
std::string json_text(const JsonTree& tree);

}  // namespace terapi::conformance
