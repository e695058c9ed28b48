// IndexedList: values in the order in which they were added, and the first of a name without a walk
// through all of them. `Names` says what a value's name hashes to.
//
//   struct SyncNames { static std::size_t hash_of(const Sync& sync) { return …; } };
//   IndexedList<Sync, SyncNames> syncs;
//   syncs.find(hash, [&](const Sync& sync) { return sync.name == name; });
//
// Values can be changed where they are, except for their names: who changes one, or the list as a
// whole, does so by way of items(). A value; not to be read from several threads at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

namespace terapi::simulator {

template <typename T, typename Names>
class IndexedList {
 public:
  using value_type = T;

  IndexedList() = default;
  IndexedList(const IndexedList& other) : items_(other.items_) {}
  IndexedList(IndexedList&& other) noexcept : items_(std::move(other.items_)) {
    other.forget_names();
  }
  IndexedList& operator=(IndexedList other) noexcept {
    items_ = std::move(other.items_);
    forget_names();
    return *this;
  }
  ~IndexedList() = default;

  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  T& operator[](std::size_t at) { return items_[at]; }
  const T& operator[](std::size_t at) const { return items_[at]; }
  T& back() { return items_.back(); }

  template <typename... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    return items_.emplace_back(std::forward<Arguments>(arguments)...);
  }
  void push_back(T value) { items_.push_back(std::move(value)); }

  const std::vector<T>& items() const { return items_; }
  // To change whatever there is: names are looked at anew.
  std::vector<T>& items() {
    forget_names();
    return items_;
  }

  // The first value that `matches`, among those whose names have that hash.
  template <typename Matches>
  const T* find(std::size_t hash, Matches matches) const {
    if (items_.size() <= kFew) {
      const auto found = std::find_if(items_.begin(), items_.end(), matches);
      return found == items_.end() ? nullptr : &*found;
    }
    // What was added since the last time has its name by now.
    for (; named_ < items_.size(); ++named_) {
      by_name_[Names::hash_of(items_[named_])].push_back(named_);
    }
    const auto found = by_name_.find(hash);
    if (found == by_name_.end()) return nullptr;
    for (const std::size_t at : found->second) {
      if (matches(items_[at])) return &items_[at];
    }
    return nullptr;
  }
  template <typename Matches>
  T* find(std::size_t hash, Matches matches) {
    return const_cast<T*>(std::as_const(*this).find(hash, matches));  // NOLINT: it is not const
  }

 private:
  static constexpr std::size_t kFew = 8;

  void forget_names() {
    by_name_.clear();
    named_ = 0;
  }

  std::vector<T> items_;
  // Where the values of a hash are, of the first `named_`, in their order.
  mutable std::unordered_map<std::size_t, std::vector<std::size_t>> by_name_;
  mutable std::size_t named_ = 0;
};

}  // namespace terapi::simulator
