// PendingIds: keys and the seq that each stands for, until they are written in key order: what
// RecordIndex holds in memory.
//
// The keys lie one after the other in one text and are found by a table of numbers: no allocation
// for a key, and a look-up mostly touches one cache line of each of the three.
//
// Thread rule: a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace terapi::client {

class PendingIds {
 public:
  std::size_t size() const { return entries_.size(); }
  std::optional<std::int64_t> find(std::string_view key) const;
  // The key's seq from now on, whether it is there or not.
  void put(std::string_view key, std::int64_t seq);
  // Keeps its memory.
  void clear();

  struct Entry {
    std::string_view key;  // lives until the next put() or clear()
    std::int64_t seq = 0;
  };
  // In the order in which the keys came first, and in the order of their bytes.
  Entry operator[](std::size_t index) const;
  std::vector<Entry> sorted() const;

 private:
  struct Place {
    std::uint32_t begin = 0;  // in keys_
    std::uint32_t size = 0;
    std::uint32_t hash = 0;
    std::int64_t seq = 0;
  };
  std::string_view key_of(const Place& place) const {
    return {keys_.data() + place.begin, place.size};
  }
  // Where the key stands in slots_, or where it belongs.
  std::size_t slot_of(std::string_view key, std::uint32_t hash) const;
  void grow();

  std::string keys_;
  std::vector<Place> entries_;
  // Open addressing, a power of two: 1 + the number of an entry, 0 where there is none.
  std::vector<std::uint32_t> slots_;
};

}  // namespace terapi::client
