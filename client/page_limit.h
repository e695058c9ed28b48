// PageLimit: how many records the next page asks for. Starts at the limit that was set, shrinks
// when pages are too large or too slow, and grows back, so that memory stays bounded whatever the
// size of the records (CLIENT-10). A value, no thread rule.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace terapi::client {

class PageLimit {
 public:
  PageLimit(std::uint64_t most, std::size_t max_page_bytes)
      : most_(most), now_(most), target_bytes_(max_page_bytes / 4) {}

  std::uint64_t get() const { return now_; }
  bool smallest() const { return now_ == 1; }

  // A page arrived: the next one may be twice as long, if records of this size keep it well within
  // the bound.
  void on_page(std::size_t bytes, std::size_t records) {
    const std::uint64_t grown = std::min(most_, now_ * 2);
    if (records == 0) {
      now_ = grown;
      return;
    }
    const std::uint64_t fitting = std::max<std::uint64_t>(1, target_bytes_ * records / (bytes + 1));
    now_ = std::min(grown, fitting);
  }
  // It was larger than the bound.
  void on_too_large() { now_ = std::max<std::uint64_t>(1, now_ / 8); }
  // It did not arrive whole, or not in time.
  void on_broken_page() { now_ = std::max<std::uint64_t>(1, now_ / 2); }

 private:
  std::uint64_t most_;
  std::uint64_t now_;
  std::uint64_t target_bytes_;
};

}  // namespace terapi::client
