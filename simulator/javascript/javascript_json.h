// JSON as JavaScript passes it on: what JSON.stringify makes of what JSON.parse has read. Numbers
// become doubles, keys that are array indices come first, a repeated key has its last value, and
// strings are written with the escapes that JSON.stringify chooses. Pure functions.
//
//   javascript_json(value of R"({"b":1.0,"7":"\u00e9"})")    // {"7":"é","b":1}
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/json.h"

namespace terapi::simulator {

std::string javascript_json(const core::json::Value& value);
// The same with the keys of all objects sorted, as what is signed has them.
std::string sorted_javascript_json(const core::json::Value& value);

// An object's members as JavaScript has them: in its order, each key once. Keys are what
// json::spelled makes of them.
using JavascriptMembers = std::vector<std::pair<std::string, core::json::Value>>;
JavascriptMembers javascript_members(const core::json::Value& object);

// An object that is put together one member at a time.
class JavascriptObject {
 public:
  // `key` as json::spelled makes it, `value` as javascript_json does. A key that is there already
  // keeps its place.
  void set(std::string key, std::string value);

  // Compact, in JavaScript's order.
  std::string text() const;
  // The same without the member of that key, and the offset at which it would stand; npos where
  // there is none.
  struct Gap {
    std::string text;
    std::size_t at;
  };
  Gap text_without(std::optional<std::string_view> left) const;

 private:
  std::vector<std::pair<std::string, std::string>> members_;
  std::unordered_map<std::string, std::size_t> places_;
};

// @fastify/deepmerge's rule: members of `base` that `patch` has not, then those of `patch`;
// objects on both sides are merged, everything else is replaced.
std::string javascript_merge(const core::json::Value& base, const core::json::Value& patch);

// A string as JSON.stringify writes it; `spelled` as json::spelled makes it.
void append_javascript_string(std::string& out, std::string_view spelled);

}  // namespace terapi::simulator
