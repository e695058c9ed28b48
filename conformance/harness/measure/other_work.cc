#include "conformance/harness/measure/other_work.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace terapi::conformance {
namespace {

// Of all cores since the machine started: what is neither idle nor waiting for a disk.
double busy_seconds() {
  std::ifstream file("/proc/stat");
  std::string name;
  double user = 0;
  double nice = 0;
  double system = 0;
  double idle = 0;
  double waiting = 0;
  double interrupts = 0;
  double soft = 0;
  double stolen = 0;
  file >> name >> user >> nice >> system >> idle >> waiting >> interrupts >> soft >> stolen;
  return (user + nice + system + interrupts + soft + stolen) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double own_seconds() {
  double seconds = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    if (::getrusage(who, &usage) != 0) continue;
    seconds += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  }
  return seconds;
}

}  // namespace

OtherWork::OtherWork()
    : busy_(busy_seconds()), own_(own_seconds()), begun_(std::chrono::steady_clock::now()) {}

double OtherWork::cores() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun_;
  if (passed.count() <= 0) return 0;
  const double others = (busy_seconds() - busy_) - (own_seconds() - own_);
  return std::max(0.0, others / passed.count());
}

}  // namespace terapi::conformance
