// RateLimiter: a fixed window for each environment (RATE-1). A value, driven by the times given.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "simulator/world/environment.h"

namespace terapi::simulator {

class RateLimiter {
 public:
  struct Verdict {
    bool allowed = true;
    std::int64_t limit = 0;
    std::int64_t remaining = 0;
    std::int64_t reset_epoch_seconds = 0;  // when the window ends, rounded up
    std::int64_t retry_after_seconds = 0;  // rounded up and never 0, unless the dialect cuts off
  };
  // Counts one request; nothing when the environment has no limit.
  std::optional<Verdict> count(const Settings& settings, Time now, bool rounds_down = false);
  void clear() { windows_.clear(); }

 private:
  struct Window {
    Time start;
    std::int64_t used = 0;
  };
  std::map<std::string, Window> windows_;  // by environment
};

}  // namespace terapi::simulator
