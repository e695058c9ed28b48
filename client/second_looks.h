// SecondLooks: when to look again after a webhook whose records are not there yet: what it
// announced may become visible late (SyncOptions::second_looks). Counts only what changed; the
// caller says how much that is so far.
//
//   looks.expect(hint.modified_after, changed);
//   …                                                // a walk to the end
//   if (const auto delay = looks.next(changed, newest)) look_after(*delay);
//
// A value, no thread rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace terapi::client {

class SecondLooks {
 public:
  explicit SecondLooks(std::vector<core::Duration> delays) : delays_(std::move(delays)) {}

  // A webhook announces something, modified at `modified_after` or later, if it says when.
  void expect(std::optional<core::Time> modified_after, std::uint64_t changed) {
    left_ = delays_.size();
    changed_before_ = changed;
    if (modified_after > modified_after_) modified_after_ = modified_after;
  }

  // How long until the next look, which is then counted as done. None when what was expected has
  // come (`newest`: of all that is stored), or after the last look.
  std::optional<core::Duration> next(std::uint64_t changed, std::optional<core::Time> newest) {
    const bool came = changed > changed_before_ && newest >= modified_after_;
    if (came) left_ = 0;
    if (left_ == 0) {
      modified_after_.reset();
      return std::nullopt;
    }
    return delays_[delays_.size() - left_--];
  }

 private:
  std::vector<core::Duration> delays_;
  std::size_t left_ = 0;
  std::optional<core::Time> modified_after_;  // the latest that was announced
  std::uint64_t changed_before_ = 0;
};

}  // namespace terapi::client
