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
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
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

  explicit MergedObject(const core::json::Value& object);
  MergedObject* inside(Entry& entry);
  void set(const core::json::Member& member, std::string name);
  void append_to(std::string& out) const;

  std::vector<Entry> entries_;
  // By what the key spells; a text may have several of one key, of which the last counts.
  std::unordered_multimap<std::string, std::size_t> places_;
};

}  // namespace terapi::simulator
