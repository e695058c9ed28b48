// BoundedList: the latest entries of something that never ends, and how many it has discarded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace terapi::simulator {

template <typename T>
class BoundedList {
 public:
  using value_type = T;
  explicit BoundedList(std::size_t most) : most_(most) {}
  T& add(T entry) {
    entries_.push_back(std::move(entry));
    if (entries_.size() > most_) {
      entries_.pop_front();
      ++dropped_;
    }
    return entries_.back();
  }
  void clear() {
    entries_.clear();
    dropped_ = 0;
  }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  std::size_t most_;
  std::uint64_t dropped_ = 0;
  std::deque<T> entries_;
};

}  // namespace terapi::simulator
