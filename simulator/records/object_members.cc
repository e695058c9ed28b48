#include "simulator/records/object_members.h"

#include "core/json_writer.h"

namespace terapi::simulator {

ObjectMembers ObjectMembers::of_text(std::string_view text) {
  core::json::Reader reader;
  const auto object = reader.read(text);
  return object && object->is_object() ? ObjectMembers(*object) : ObjectMembers();
}

void ObjectMembers::set(std::string_view name, std::string text) {
  const auto [place, is_new] = place_of_.try_emplace(std::string(name), members_.size());
  if (is_new) {
    members_.emplace_back(name, std::move(text));
  } else {
    members_[place->second].second = std::move(text);
  }
}

void ObjectMembers::set_all(const core::json::Value& object) {
  for (const core::json::Member member : object.members()) {
    set(member.key.string(), core::json::compact(member.value));
  }
}

const std::string* ObjectMembers::find(std::string_view name) const {
  const auto place = place_of_.find(std::string(name));
  return place == place_of_.end() ? nullptr : &members_[place->second].second;
}

std::string ObjectMembers::text() const {
  core::json::Writer out;
  out.begin_object();
  for (const auto& [key, value] : members_) out.key(key).raw(value);
  out.end_object();
  return out.take();
}

}  // namespace terapi::simulator
