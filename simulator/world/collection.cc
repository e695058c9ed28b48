#include "simulator/world/collection.h"

#include <algorithm>
#include <utility>

namespace terapi::simulator {

Collection::Objects::Objects(const Objects& other) {
  for (const auto& each : other.by_id) {
    core::breathe();
    by_id.insert(by_id.end(), each);
  }
  for (const auto& each : other.by_change) {
    core::breathe();
    by_change.insert(by_change.end(), each);
  }
}

UpstreamObjectPtr Collection::share(std::string_view id) const {
  const auto found = objects_.by_id.find(id);
  return found == objects_.by_id.end() ? nullptr : found->second;
}

void Collection::store(UpstreamObject object) {
  core::breathe();
  UpstreamObjectPtr& slot = objects_.by_id[object.id];
  if (slot != nullptr) {
    objects_.by_change.erase(slot->change);
    if (!slot->deleted) --live_;
  }
  if (!object.deleted) ++live_;
  slot = std::make_shared<const UpstreamObject>(std::move(object));
  objects_.by_change.emplace(slot->change, slot);
}

const UpstreamObject* Collection::choose(std::uint64_t draw) const {
  if (live_ == 0) return nullptr;
  auto at = objects_.by_change.lower_bound(1 + draw % last_change_);
  while (true) {
    if (at == objects_.by_change.end()) at = objects_.by_change.begin();
    if (!at->second->deleted) return at->second.get();
    ++at;
  }
}

void Collection::clear() {
  core::clear_slowly(objects_.by_change);
  core::clear_slowly(objects_.by_id);
  live_ = 0;
}

bool Collection::put(std::string_view id, std::string text, Time now, std::uint64_t sequence) {
  core::breathe();
  const UpstreamObject* before = find(id);
  const bool anew = before == nullptr || before->deleted;
  if (!anew && before->text == text) return false;
  UpstreamObject object;
  object.id = id;
  object.text = std::move(text);
  object.change = ++last_change_;
  object.sequence = before != nullptr ? before->sequence
                    : sequence > 0    ? sequence
                                      : last_sequence_ + 1;
  last_sequence_ = std::max(last_sequence_, object.sequence);
  object.created = anew ? now : before->created;
  object.modified = now;
  store(std::move(object));
  return true;
}

bool Collection::remove(std::string_view id, Time now) {
  const UpstreamObject* before = find(id);
  if (before == nullptr || before->deleted) return false;
  UpstreamObject object = *before;
  object.change = ++last_change_;
  object.modified = now;
  object.deleted = true;
  store(std::move(object));
  return true;
}

bool Collection::restore(UpstreamObject object) {
  if (object.change == 0 || objects_.by_change.contains(object.change) ||
      objects_.by_id.contains(object.id)) {
    return false;
  }
  last_change_ = std::max(last_change_, object.change);
  last_sequence_ = std::max(last_sequence_, object.sequence);
  store(std::move(object));
  return true;
}

}  // namespace terapi::simulator
