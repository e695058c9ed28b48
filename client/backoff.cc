#include "client/backoff.h"

#include <algorithm>

namespace terapi::client {
namespace {

// Uniform in [0, most].
core::Duration up_to(core::Random& random, core::Duration most) {
  const auto bound = static_cast<std::uint64_t>(std::max<std::int64_t>(0, most.count())) + 1;
  return core::Duration(static_cast<std::int64_t>(random.below(bound)));
}

}  // namespace

core::Duration Backoff::next(core::Random& random) {
  core::Duration most = options_.first;
  for (std::uint32_t i = 0; i < attempts_ && most < options_.cap; ++i) most *= 2;
  most = std::min(most, options_.cap);
  ++attempts_;
  return options_.least + up_to(random, most - options_.least);
}

core::Duration Backoff::next(core::Random& random, core::Duration retry_after) {
  ++attempts_;
  const core::Duration asked =
      std::clamp(retry_after, options_.least_retry_after, options_.most_retry_after);
  return asked + up_to(random, std::min<core::Duration>(asked / 10, std::chrono::seconds(1)));
}

}  // namespace terapi::client
