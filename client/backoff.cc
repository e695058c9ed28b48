#include "client/backoff.h"

#include <algorithm>

namespace terapi::client {
namespace {

// Far beyond any sensible option, and far from overflow.
constexpr core::Duration kLongestWait = std::chrono::hours(24 * 3650);

core::Duration bounded_wait(core::Duration wait) {
  return std::clamp(wait, core::Duration(0), kLongestWait);
}

// Uniform in [0, most]; 0 for a negative `most`.
core::Duration up_to(core::Random& random, core::Duration most) {
  const auto bound = static_cast<std::uint64_t>(std::max<std::int64_t>(0, most.count())) + 1;
  return core::Duration(static_cast<std::int64_t>(random.below(bound)));
}

}  // namespace

core::Duration Backoff::most() const {
  const core::Duration cap = bounded_wait(options_.cap);
  // Something that does not grow needs no loop.
  const std::uint32_t steps = options_.factor > 1 ? attempts_ : 0;
  core::Duration most = std::max(bounded_wait(options_.first), core::Duration(1));
  for (std::uint32_t i = 0; i < steps && most < cap; ++i) {
    most = most > cap / options_.factor ? cap : most * options_.factor;
  }
  return std::min(most, cap);
}

core::Duration Backoff::next(core::Random& random) {
  const core::Duration least = bounded_wait(options_.least);
  const core::Duration wait = least + up_to(random, most() - least);
  ++attempts_;
  return wait;
}

core::Duration Backoff::next(core::Random& random, core::Duration retry_after) {
  ++attempts_;
  // Not std::clamp: options may cross, and then the floor wins.
  const core::Duration asked =
      std::max(bounded_wait(options_.least_retry_after),
               std::min(bounded_wait(options_.most_retry_after), bounded_wait(retry_after)));
  return asked + up_to(random, std::min<core::Duration>(asked / 10, std::chrono::seconds(1)));
}

}  // namespace terapi::client
