// MergedObject: a JSON object into which patches are merged, one after the other. It is taken apart
// once and put together once, so that many small patches of a wide record cost what they hold, and
// not the record each.
//
// Members that are objects on both sides are merged, all others are replaced, and new ones come
// last. Keys are told apart by what they spell, and stay as they were written. A value.
//
//   MergedObject object(R"({"id":"1","a":{"x":1}})");
//   object.merge(patch);    // {"a":{"y":2}}
//   object.text();          // {"id":"1","a":{"x":1,"y":2}}
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"

namespace terapi::simulator {

class MergedObject {
 public:
  // Of an object's text; one without members where it is none.
  explicit MergedObject(std::string_view text);
  MergedObject(MergedObject&&) noexcept;
  MergedObject& operator=(MergedObject&&) noexcept;
  ~MergedObject();

  // Keys of a patch that are passed over.
  using Left = std::initializer_list<std::string_view>;
  // How merging `patch` would leave it: with the same text, with the same value in other words, or
  // with another value (META-5).
  enum class Effect { kNone, kSpelling, kValue };
  Effect effect_of(const core::json::Value& patch, Left left = {});
  void merge(const core::json::Value& patch, Left left = {});

  std::string text() const;

 private:
  struct Entry;
  class Name;
  // A place in the table: an entry, and some of its name's hash, so that the entry itself is looked
  // at when it is the one.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t entry = kNone;
  };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  explicit MergedObject(const core::json::Value& object);
  std::string_view key_of(const Entry& entry) const;
  std::string_view text_of(const Entry& entry) const;
  void put(Entry& entry, const core::json::Value& value);
  MergedObject* inside(Entry& entry);
  Slot& slot_of(const Name& name);
  std::uint32_t last_of(const Name& name);
  void make_room();
  void add(const core::json::Member& member, const Name& name);
  void set(const core::json::Member& member, const Name& name);
  void append_to(std::string& out) const;

  std::string texts_;  // of all keys and values, one after the other
  std::vector<Entry> entries_;
  // By what the key spells, with open addressing. Eight bytes a key: a map's nodes are eight times
  // as many, and a record with tens of thousands of keys then no longer fits into the processor's
  // cache, where looking up all its keys costs several times as much each.
  // A text may have several of one key, of which the last counts: the slot is the last one's, and
  // each entry leads to the one before it.
  std::vector<Slot> slots_;
};

}  // namespace terapi::simulator
