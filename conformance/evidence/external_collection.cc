#include "conformance/evidence/external_collection.h"

#include <set>

#include "conformance/evidence/model.h"
#include "core/json_writer.h"

namespace terapi::conformance {

namespace json = core::json;

std::string id_text(const json::Value& id) {
  return id.is_string() ? id.string() : std::string(id.text());
}

void ExternalCollection::change(const json::Value& lists) {
  for (const json::Value object : lists["save"].items()) {
    put(id_text(object["id"]), json::compact(object));
  }
  for (const json::Value part : lists["update"].items()) merge(id_text(part["id"]), part);
  for (const json::Value id : lists["delete"].items()) remove(id_text(id));
  if (lists["replace"].is_array()) replace(lists["replace"]);
}

void ExternalCollection::replace(const json::Value& objects) {
  std::map<std::string, std::string> kept;  // of one id the last
  for (const json::Value object : objects.items()) {
    kept[id_text(object["id"])] = json::compact(object);
  }
  std::vector<std::string> gone;
  for (const auto& [change, id] : by_change_) {
    if (!kept.contains(id)) gone.push_back(id);
  }
  for (const std::string& id : gone) remove(id);
  for (auto& [id, text] : kept) put(id, std::move(text));
}

void ExternalCollection::put(const std::string& id, std::string text) {
  const Object* before = find(id);
  if (before != nullptr && !before->deleted && before->text == text) return;
  store({id, std::move(text), 0, false});
}

void ExternalCollection::merge(const std::string& id, const json::Value& part) {
  const Object* before = find(id);
  json::Reader reader({.max_depth = 100'000});
  const bool there = before != nullptr && !before->deleted;
  const auto base = reader.read(there ? std::string_view(before->text) : "{}");
  if (base) put(id, merged(*base, part));
}

void ExternalCollection::remove(const std::string& id) {
  const Object* before = find(id);
  if (before == nullptr || before->deleted) return;
  store({id, before->text, 0, true});
}

const ExternalCollection::Object* ExternalCollection::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

void ExternalCollection::store(Object object) {
  if (const Object* before = find(object.id)) by_change_.erase(before->change);
  object.change = ++last_change_;
  by_change_[object.change] = object.id;
  const std::string id = object.id;
  by_id_.insert_or_assign(id, std::move(object));
}

std::pair<std::vector<const ExternalCollection::Object*>, bool> ExternalCollection::page(
    std::uint64_t after, std::size_t most, bool deletions) const {
  std::vector<const Object*> objects;
  for (auto at = by_change_.upper_bound(after); at != by_change_.end(); ++at) {
    const Object& object = by_id_.at(at->second);
    if (object.deleted && !deletions) continue;
    if (objects.size() == most) return {std::move(objects), true};
    objects.push_back(&object);
  }
  return {std::move(objects), false};
}

}  // namespace terapi::conformance
