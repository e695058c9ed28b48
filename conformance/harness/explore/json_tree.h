// JsonTree: JSON that can be taken apart and put together again: what core/json.h, whose values are
// slices of a text, is not for.
//
// A value, no thread rule.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace terapi::conformance {

struct JsonTree {
  core::json::Kind kind = core::json::Kind::kNull;
  std::string key;   // as a member of an object
  std::string text;  // of what is neither an object nor an array: as it is written
  std::vector<JsonTree> children{};

  static JsonTree of(const core::json::Value& value);
  static JsonTree string(std::string_view text);

  bool is_array() const { return kind == core::json::Kind::kArray; }
  bool is_object() const { return kind == core::json::Kind::kObject; }
  bool is_string() const { return kind == core::json::Kind::kString; }
  // The member of that name; null: there is none.
  JsonTree* find(std::string_view name);
  const JsonTree* find(std::string_view name) const;
  // What a string spells; "" for anything else.
  std::string spelled() const;
  bool remove(std::string_view name);

  std::string compact() const;
};

}  // namespace terapi::conformance
