#include "simulator/records/object_members.h"

#include <utility>

namespace terapi::simulator {

ObjectMembers ObjectMembers::of_text(std::string_view text) {
  core::json::Reader reader;
  const auto object = reader.read(text);
  return object && object->is_object() ? ObjectMembers(*object) : ObjectMembers();
}

void ObjectMembers::put(std::string name, std::string_view key, std::string value) {
  const auto [place, is_new] = place_of_.try_emplace(std::move(name), members_.size());
  if (is_new) {
    members_.push_back({std::string(key), std::move(value)});
  } else {
    members_[place->second].value = std::move(value);
  }
}

void ObjectMembers::set(std::string_view name, std::string text) {
  put(std::string(name), core::json::quoted(name), std::move(text));
}

void ObjectMembers::set_all(const core::json::Value& object) {
  for (const core::json::Member member : object.members()) {
    put(core::json::spelled(member.key), member.key.text(), core::json::compact(member.value));
  }
}

const std::string* ObjectMembers::find(std::string_view name) const {
  const auto place = place_of_.find(std::string(name));
  return place == place_of_.end() ? nullptr : &members_[place->second].value;
}

std::string ObjectMembers::text() const {
  std::string out = "{";
  for (const Entry& entry : members_) {
    if (out.size() > 1) out += ',';
    out += entry.key;
    out += ':';
    out += entry.value;
  }
  return out += '}';
}

}  // namespace terapi::simulator
