#include "simulator/records/merged_object.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <utility>

namespace terapi::simulator {

namespace json = core::json;

// Where its key and its value stand in texts_.
struct MergedObject::Entry {
  std::size_t key_at;
  std::size_t text_at;  // unused once it has been opened
  std::uint32_t key_size;
  std::uint32_t text_size;
  std::uint32_t earlier = kNone;         // an entry before it, of the same name
  std::unique_ptr<MergedObject> opened;  // an object that something was merged into
};

// What a key spells: a view of the key's own text where that has no escapes, as nearly all.
class MergedObject::Name {
 public:
  explicit Name(const json::Value& key) : text_(key.text()) {
    text_ = text_.substr(1, text_.size() - 2);
    if (is_escaped(text_)) text_ = decoded_ = json::spelled(key);
    hash_ = static_cast<std::uint32_t>(std::hash<std::string_view>()(text_));
  }
  Name(const Name&) = delete;
  Name& operator=(const Name&) = delete;

  std::string_view text() const { return text_; }
  std::uint32_t hash() const { return hash_; }

  // True of a key, quotes included, that spells this name, too.
  bool is_of(std::string_view key) const {
    const std::string_view written = key.substr(1, key.size() - 2);
    if (!is_escaped(written)) return written == text_;
    json::Reader reader;
    const auto value = reader.read(key);
    return value && json::spelled(*value) == text_;
  }

 private:
  static bool is_escaped(std::string_view text) { return text.find('\\') != std::string::npos; }

  std::string_view text_;
  std::string decoded_;
  std::uint32_t hash_;
};

MergedObject::MergedObject(std::string_view text) {
  json::Reader reader;
  const auto object = reader.read(text);
  if (object) *this = MergedObject(*object);
}

MergedObject::MergedObject(const json::Value& object) {
  texts_.reserve(object.text().size());
  entries_.reserve(object.size());
  slots_.resize(std::bit_ceil(object.size() + object.size() / 3 + 1));
  for (const json::Member member : object.members()) add(member, Name(member.key));
}

MergedObject::MergedObject(MergedObject&&) noexcept = default;
MergedObject& MergedObject::operator=(MergedObject&&) noexcept = default;
MergedObject::~MergedObject() = default;

// Where the last entry of that name stands, or would stand.
MergedObject::Slot& MergedObject::slot_of(const Name& name) {
  const std::uint32_t hash = name.hash();
  for (std::size_t at = hash;; ++at) {
    Slot& slot = slots_[at & (slots_.size() - 1)];
    if (slot.entry == kNone) return slot;
    if (slot.hash == hash && name.is_of(key_of(entries_[slot.entry]))) return slot;
  }
}

std::uint32_t MergedObject::last_of(const Name& name) {
  return slots_.empty() ? kNone : slot_of(name).entry;
}

// At least a quarter of the slots stays free.
void MergedObject::make_room() {
  if (4 * (entries_.size() + 1) <= 3 * slots_.size()) return;
  const std::vector<Slot> before =
      std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(2 * slots_.size(), 4)));
  for (const Slot& slot : before) {
    if (slot.entry == kNone) continue;
    std::size_t at = slot.hash & (slots_.size() - 1);
    while (slots_[at].entry != kNone) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

void MergedObject::add(const json::Member& member, const Name& name) {
  make_room();
  Slot& slot = slot_of(name);
  Entry& entry = entries_.emplace_back();
  entry.earlier = slot.entry;
  slot = {name.hash(), static_cast<std::uint32_t>(entries_.size() - 1)};
  const std::string_view key = member.key.text();
  entry.key_at = texts_.size();
  entry.key_size = static_cast<std::uint32_t>(key.size());
  texts_ += key;
  put(entry, member.value);
}

std::string_view MergedObject::key_of(const Entry& entry) const {
  return std::string_view(texts_).substr(entry.key_at, entry.key_size);
}

std::string_view MergedObject::text_of(const Entry& entry) const {
  return std::string_view(texts_).substr(entry.text_at, entry.text_size);
}

// The text that was the value's before stays where it is, unused: as much as all patches hold.
void MergedObject::put(Entry& entry, const json::Value& value) {
  entry.opened.reset();
  entry.text_at = texts_.size();
  json::append_compact(texts_, value);
  entry.text_size = static_cast<std::uint32_t>(texts_.size() - entry.text_at);
}

// The object that a member's value is, taken apart; null when it is none.
MergedObject* MergedObject::inside(Entry& entry) {
  if (entry.opened == nullptr && text_of(entry).starts_with('{')) {
    entry.opened = std::make_unique<MergedObject>(text_of(entry));
  }
  return entry.opened.get();
}

MergedObject::Effect MergedObject::effect_of(const json::Value& patch, Left left) {
  Effect effect = Effect::kNone;
  for (const json::Member member : patch.members()) {
    const Name name(member.key);
    if (std::find(left.begin(), left.end(), name.text()) != left.end()) continue;
    std::uint32_t place = last_of(name);
    if (place == kNone) return Effect::kValue;
    for (; place != kNone; place = entries_[place].earlier) {
      Entry& entry = entries_[place];
      MergedObject* const object = member.value.is_object() ? inside(entry) : nullptr;
      if (object != nullptr) {
        effect = std::max(effect, object->effect_of(member.value));
      } else {
        const std::string before =
            entry.opened ? entry.opened->text() : std::string(text_of(entry));
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
    const Name name(member.key);
    if (std::find(left.begin(), left.end(), name.text()) == left.end()) set(member, name);
  }
}

void MergedObject::set(const json::Member& member, const Name& name) {
  std::uint32_t place = last_of(name);
  if (place == kNone) return add(member, name);
  for (; place != kNone; place = entries_[place].earlier) {
    Entry& entry = entries_[place];
    MergedObject* const object = member.value.is_object() ? inside(entry) : nullptr;
    if (object != nullptr) {
      object->merge(member.value);
    } else {
      put(entry, member.value);
    }
  }
}

void MergedObject::append_to(std::string& out) const {
  out += '{';
  bool first = true;
  for (const Entry& entry : entries_) {
    if (!std::exchange(first, false)) out += ',';
    out += key_of(entry);
    out += ':';
    if (entry.opened) {
      entry.opened->append_to(out);
    } else {
      out += text_of(entry);
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
