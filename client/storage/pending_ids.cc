#include "client/storage/pending_ids.h"

#include <algorithm>

#include "core/check.h"
#include "core/random.h"

namespace terapi::client {
namespace {

std::uint32_t hash_of_key(std::string_view key) {
  return static_cast<std::uint32_t>(core::hash64(0x1D5, key) >> 32);
}

// The eight bytes from `at` on as a number that sorts as they do.
std::uint64_t bytes_from(std::string_view key, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = at; i < at + 8; ++i) {
    number = number << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  }
  return number;
}

}  // namespace

std::size_t PendingIds::slot_of(std::string_view key, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at] != 0) {
    const Place& place = entries_[slots_[at] - 1];
    if (place.hash == hash && key_of(place) == key) break;
    at = (at + 1) & mask;
  }
  return at;
}

std::optional<std::int64_t> PendingIds::find(std::string_view key) const {
  if (entries_.empty()) return std::nullopt;
  const std::uint32_t number = slots_[slot_of(key, hash_of_key(key))];
  if (number == 0) return std::nullopt;
  return entries_[number - 1].seq;
}

void PendingIds::put(std::string_view key, std::int64_t seq) {
  if (4 * entries_.size() >= 3 * slots_.size()) grow();
  const std::uint32_t hash = hash_of_key(key);
  std::uint32_t& number = slots_[slot_of(key, hash)];
  if (number != 0) {
    entries_[number - 1].seq = seq;
    return;
  }
  TERAPI_CHECK(keys_.size() + key.size() < UINT32_MAX, "what is held of the index fits in 4 GiB");
  entries_.push_back({static_cast<std::uint32_t>(keys_.size()),
                      static_cast<std::uint32_t>(key.size()), hash, seq});
  keys_ += key;
  number = static_cast<std::uint32_t>(entries_.size());
}

void PendingIds::clear() {
  keys_.clear();
  entries_.clear();
  std::fill(slots_.begin(), slots_.end(), 0U);
}

void PendingIds::grow() {
  slots_.assign(std::max<std::size_t>(16, 2 * slots_.size()), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t at = entries_[i].hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

PendingIds::Entry PendingIds::operator[](std::size_t index) const {
  return {key_of(entries_[index]), entries_[index].seq};
}

std::vector<PendingIds::Entry> PendingIds::sorted() const {
  // Most pairs of keys differ in their first bytes, which are compared without going to the keys.
  struct Order {
    std::uint64_t stream;
    std::uint64_t start;
    std::uint32_t number;
  };
  std::vector<Order> order;
  order.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const std::string_view key = key_of(entries_[i]);
    order.push_back({bytes_from(key, 0), bytes_from(key, 8), static_cast<std::uint32_t>(i)});
  }
  std::sort(order.begin(), order.end(), [this](const Order& a, const Order& b) {
    if (a.stream != b.stream) return a.stream < b.stream;
    if (a.start != b.start) return a.start < b.start;
    return key_of(entries_[a.number]) < key_of(entries_[b.number]);
  });
  std::vector<Entry> sorted;
  sorted.reserve(order.size());
  for (const Order& one : order) sorted.push_back((*this)[one.number]);
  return sorted;
}

}  // namespace terapi::client
