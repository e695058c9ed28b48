// ObjectMembers: the members of a JSON object in their order, each as its text, to put together
// another one of. A value.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/json.h"

namespace terapi::simulator {

class ObjectMembers {
 public:
  ObjectMembers() = default;
  explicit ObjectMembers(const core::json::Value& object) { set_all(object); }
  // Of a text; without members where that is no JSON object.
  static ObjectMembers of_text(std::string_view text);

  // Sets a member's JSON text, where the member stands, or last.
  void set(std::string_view name, std::string text);
  void set_all(const core::json::Value& object);
  const std::string* find(std::string_view name) const;
  std::string text() const;

 private:
  struct Entry {
    std::string key;  // its JSON text
    std::string value;
  };
  void put(std::string name, std::string_view key, std::string value);

  std::vector<Entry> members_;
  std::unordered_map<std::string, std::size_t> place_of_;  // by what the key spells
};

}  // namespace terapi::simulator
