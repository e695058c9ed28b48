#include "simulator/records/merged_object.h"

#include <algorithm>
#include <utility>

namespace terapi::simulator {

namespace json = core::json;

struct MergedObject::Entry {
  std::string key;                       // its JSON text
  std::string text;                      // the value's; unused once it has been opened
  std::unique_ptr<MergedObject> opened;  // an object that something was merged into
};

MergedObject::MergedObject(std::string_view text) {
  json::Reader reader;
  const auto object = reader.read(text);
  if (object) *this = MergedObject(*object);
}

MergedObject::MergedObject(const json::Value& object) {
  entries_.reserve(object.size());
  places_.reserve(object.size());
  for (const json::Member member : object.members()) {
    places_.emplace(json::spelled(member.key), entries_.size());
    entries_.push_back({std::string(member.key.text()), json::compact(member.value), nullptr});
  }
}

MergedObject::MergedObject(MergedObject&&) noexcept = default;
MergedObject& MergedObject::operator=(MergedObject&&) noexcept = default;
MergedObject::~MergedObject() = default;

// The object that a member's value is, taken apart; null when it is none.
MergedObject* MergedObject::inside(Entry& entry) {
  if (entry.opened == nullptr && entry.text.starts_with('{')) {
    entry.opened = std::make_unique<MergedObject>(std::string_view(entry.text));
    entry.text.clear();
  }
  return entry.opened.get();
}

MergedObject::Effect MergedObject::effect_of(const json::Value& patch, Left left) {
  Effect effect = Effect::kNone;
  for (const json::Member member : patch.members()) {
    const std::string name = json::spelled(member.key);
    if (std::find(left.begin(), left.end(), name) != left.end()) continue;
    const auto [first, last] = places_.equal_range(name);
    if (first == last) return Effect::kValue;
    for (auto place = first; place != last; ++place) {
      Entry& entry = entries_[place->second];
      MergedObject* const object = member.value.is_object() ? inside(entry) : nullptr;
      if (object != nullptr) {
        effect = std::max(effect, object->effect_of(member.value));
      } else {
        const std::string before = entry.opened ? entry.opened->text() : entry.text;
        const std::string after = json::compact(member.value);
        if (before == after) continue;
        json::Reader reader;
        const auto value = reader.read(before);
        const bool same = value && json::same_value(*value, member.value);
        effect = std::max(effect, same ? Effect::kSpelling : Effect::kValue);
      }
    }
    if (effect == Effect::kValue) break;
  }
  return effect;
}

void MergedObject::merge(const json::Value& patch, Left left) {
  for (const json::Member member : patch.members()) {
    std::string name = json::spelled(member.key);
    if (std::find(left.begin(), left.end(), name) == left.end()) set(member, std::move(name));
  }
}

void MergedObject::set(const json::Member& member, std::string name) {
  const auto [first, last] = places_.equal_range(name);
  if (first == last) {
    places_.emplace(std::move(name), entries_.size());
    entries_.push_back({std::string(member.key.text()), json::compact(member.value), nullptr});
    return;
  }
  for (auto place = first; place != last; ++place) {
    Entry& entry = entries_[place->second];
    MergedObject* const object = member.value.is_object() ? inside(entry) : nullptr;
    if (object != nullptr) {
      object->merge(member.value);
    } else {
      entry.opened.reset();
      entry.text = json::compact(member.value);
    }
  }
}

void MergedObject::append_to(std::string& out) const {
  out += '{';
  bool first = true;
  for (const Entry& entry : entries_) {
    if (!std::exchange(first, false)) out += ',';
    out += entry.key;
    out += ':';
    if (entry.opened) {
      entry.opened->append_to(out);
    } else {
      out += entry.text;
    }
  }
  out += '}';
}

std::string MergedObject::text() const {
  std::string out;
  append_to(out);
  return out;
}

}  // namespace terapi::simulator
