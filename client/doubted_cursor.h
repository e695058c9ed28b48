// DoubtedCursor: when a cursor that is answered with a server error is to be given up, in dialects
// where that may be what the server makes of a cursor that it cannot read (Dialect): by the answer
// alone it cannot be told from a server in trouble.
//
// So the stored cursor is tried five times in a row, over the backoff's waits, and then everything
// is read again. If that fails at once it was the server, and the cursor stays. Each further time
// it takes twice as many answers, up to forty, until one comes to the cursor that is a page: a
// server that answers nothing but 500 for an hour is not read from the beginning all the time.
//
//   if (doubt.add(is_doubtful)) …   // read everything again
//   doubt.end();                    // the cursor was taken
//
// A value, no thread rule.
#pragma once

#include <algorithm>
#include <cstdint>

namespace terapi::client {

class DoubtedCursor {
 public:
  static constexpr std::uint64_t kFirst = 5;
  static constexpr std::uint64_t kMost = 40;

  // The walk from the stored cursor failed at its first request; `doubtful`: with such an answer.
  // True: the cursor is given up.
  bool add(bool doubtful) {
    in_a_row_ = doubtful ? in_a_row_ + 1 : 0;
    if (in_a_row_ < needed_) return false;
    in_a_row_ = 0;
    needed_ = std::min(needed_ * 2, kMost);
    return true;
  }
  void end() { *this = DoubtedCursor(); }

 private:
  std::uint64_t in_a_row_ = 0;
  std::uint64_t needed_ = kFirst;
};

}  // namespace terapi::client
