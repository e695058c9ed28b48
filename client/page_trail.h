// PageTrail: notices when the pages of a walk lead nowhere (CLIENT-7): back to where one of them
// ended before, or on and on without a record. Either would be read for ever.
//
//   if (trail.comes_back(page_end)) …   // a hash of where the page ends
//   if (trail.is_empty_too_long(page.records().empty())) …
//
// Memory is bounded: the ends of the last few thousand pages are known, so that a circle of up to
// that many is noticed with the first page that repeats. A longer one is noticed by a mark that is
// set anew whenever the walk has become twice as long (Brent's algorithm), after three rounds at
// the latest.
// A value, no thread rule.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>

namespace terapi::client {

class PageTrail {
 public:
  static constexpr std::size_t kMostKnown = 8192;
  static constexpr std::size_t kMostEmpty = 100;

  // True: a page of this walk has ended there before.
  bool comes_back(std::uint64_t end) {
    if (end == mark_) return true;
    if (std::has_single_bit(++pages_)) mark_ = end;
    if (known_.size() >= kMostKnown) known_.clear();
    return !known_.insert(end).second;
  }

  // True: so many pages in a row had no record, and yet one after them (REC-11).
  bool is_empty_too_long(bool page_is_empty) {
    empty_ = page_is_empty ? empty_ + 1 : 0;
    return empty_ > kMostEmpty;
  }

 private:
  std::uint64_t pages_ = 0;
  std::optional<std::uint64_t> mark_;
  std::unordered_set<std::uint64_t> known_;
  std::size_t empty_ = 0;
};

}  // namespace terapi::client
