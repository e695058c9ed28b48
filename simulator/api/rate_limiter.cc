#include "simulator/api/rate_limiter.h"

#include <algorithm>

namespace terapi::simulator {

std::optional<RateLimiter::Verdict> RateLimiter::count(const Settings& settings, Time now,
                                                       bool rounds_down) {
  if (!settings.rate_limit) return std::nullopt;
  const RateLimit& limit = *settings.rate_limit;
  Window& window = windows_[settings.name];
  if (window.used == 0 || now >= window.start + limit.per || now < window.start) {
    window = {now, 0};
  }
  using std::chrono::ceil;
  using std::chrono::seconds;
  const Time end = window.start + limit.per;
  Verdict verdict;
  verdict.limit = limit.requests;
  verdict.allowed = window.used < limit.requests;
  if (verdict.allowed) ++window.used;
  verdict.remaining = limit.requests - window.used;
  verdict.reset_epoch_seconds = ceil<seconds>(end).time_since_epoch().count();
  verdict.retry_after_seconds = rounds_down
                                    ? std::chrono::floor<seconds>(end - now).count()
                                    : std::max<std::int64_t>(1, ceil<seconds>(end - now).count());
  return verdict;
}

}  // namespace terapi::simulator
