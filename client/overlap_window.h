// OverlapWindow: whether the records that were modified shortly before the newest one have to be
// read again (SyncOptions::overlap), for servers where a commit may become visible behind a cursor
// that was given out.
//
// Such a commit is visible when the span has passed. So a change opens the window, and after each
// walk the span is read again, until a whole re-read that began when the span had passed found
// nothing more. What a re-read left unread belongs to the next one, however new the records are
// that have come meanwhile.
//
//   if (window.is_due()) {
//     const core::Time from = window.begin_read(newest);
//     …
//     window.end_read(whole, late);
//   }
//
// Thread rule: the clock's.
#pragma once

#include <cstdint>
#include <optional>

#include "core/timer.h"

namespace terapi::client {

class OverlapWindow {
 public:
  // A span of zero: nothing is ever read again.
  OverlapWindow(core::Clock& clock, core::Duration span) : timer_(clock), span_(span) {}

  // Before the first walk: what a process before this one left unread is not known.
  void begin() {
    if (state_ == State::kUnknown) open();
  }
  // Something changed.
  void open() {
    state_ = State::kOpen;
    // By a timer, since the time of day may jump.
    if (span_.count() > 0) timer_.set(span_, [this] { state_ = State::kPassed; });
  }

  bool is_due() const { return span_.count() > 0 && state_ != State::kSettled; }
  // Gives the time from which to read.
  core::Time begin_read(core::Time newest) {
    reads_last_ = state_ == State::kPassed;
    const core::Time from = newest - span_;
    if (!unread_from_ || from < *unread_from_) unread_from_ = from;
    return *unread_from_;
  }
  // `late` records were new; `whole` says that there was nothing more to read.
  void end_read(bool whole, std::uint64_t late) {
    if (whole) unread_from_.reset();
    if (late > 0) {
      open();
    } else if (whole && reads_last_) {
      state_ = State::kSettled;
    }
  }

 private:
  enum class State : std::uint8_t {
    kUnknown,
    kOpen,     // late commits may still come
    kPassed,   // none is to come; one more re-read finds those that came
    kSettled,  // found
  };

  core::Timer timer_;
  core::Duration span_;
  State state_ = State::kUnknown;
  std::optional<core::Time> unread_from_;  // by a re-read that runs, or that broke off
  bool reads_last_ = false;
};

}  // namespace terapi::client
