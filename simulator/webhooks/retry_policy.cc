#include "simulator/webhooks/retry_policy.h"

#include <algorithm>
#include <string>

#include "core/random.h"

namespace terapi::simulator {

Duration retry_delay(const RetryPolicy& policy, int failed, std::uint64_t seed,
                     std::string_view delivery_id) {
  const std::int64_t most = policy.max_delay.count();
  std::int64_t delay = std::min(policy.first_delay.count(), most);
  for (int i = 1; i < failed && delay < most; ++i) {
    // Split so that the product stays far from overflow whatever the delay.
    if (policy.factor_thousandths > 0 && delay / 1000 > most / policy.factor_thousandths) {
      delay = most;
      break;
    }
    delay =
        delay / 1000 * policy.factor_thousandths + delay % 1000 * policy.factor_thousandths / 1000;
    delay = std::min(delay, most);
  }
  const std::int64_t share = delay / 1000 * policy.jitter_thousandths;
  if (share <= 0) return Duration(delay);
  const std::uint64_t draw = core::hash64(core::hash64(seed, delivery_id), std::to_string(failed));
  return Duration(delay -
                  static_cast<std::int64_t>(draw % (static_cast<std::uint64_t>(share) + 1)));
}

}  // namespace terapi::simulator
