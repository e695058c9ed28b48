// RequestBudget: how much a whole run may ask of a server that others rely on: so many requests, so
// many a second, for so long. Shared by the scenarios of a run.
//
//   RequestBudget budget({.requests = 2'000, .per_second = 2, .time = 20min});
//   if (const std::string why = budget.spent(now); !why.empty()) …
//   wait(budget.take(now));
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/result.h"

namespace terapi::conformance {

class RequestBudget {
 public:
  struct Limits {
    std::uint64_t requests = 0;    // 0: any number
    std::uint64_t per_second = 0;  // 0: as fast as it goes
    core::Duration time{0};        // 0: as long as it takes
  };

  explicit RequestBudget(Limits limits) : limits_(limits) {}

  // Counts a request: how long it has to wait at `now` for its turn.
  core::Duration take(core::Time now);
  // Why nothing more may be asked at `now`; empty: there is something left. Once spent, it stays
  // so.
  std::string spent(core::Time now);
  // The server itself wants no more of it.
  void end(std::string why);
  std::uint64_t asked() const { return asked_; }
  // Since the first request.
  core::Duration lasted(core::Time now) const;

 private:
  Limits limits_;
  std::uint64_t asked_ = 0;
  std::optional<core::Time> began_;
  core::Time next_{};  // turn
  std::string spent_;
};

// "5/s" or "5": so many a second; code "bad_usage".
core::Result<std::uint64_t> read_rate(const std::string& text);

}  // namespace terapi::conformance
