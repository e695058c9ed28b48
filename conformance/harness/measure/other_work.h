// OtherWork: how much of this machine's time went to others while something was measured. A value,
// no thread rule.
#pragma once

#include <chrono>

namespace terapi::conformance {

class OtherWork {
 public:
  OtherWork();
  // Cores' worth of work, since this was made, that neither this process nor its children that
  // ended did; 0 where the machine does not tell.
  double cores() const;

 private:
  double busy_;  // seconds
  double own_;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace terapi::conformance
