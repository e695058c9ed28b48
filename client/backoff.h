// Backoff: how long to wait before the next try (CLIENT-9). Exponential with full jitter, so that
// many clients that failed together do not come back together; a Retry-After is honoured, but
// never below a minimum, so that "0" is no busy loop. Deterministic: all randomness comes from the
// Random passed in.
//
//   Backoff backoff({});
//   wait = retry_after ? backoff.next(random, *retry_after) : backoff.next(random);
//   …
//   backoff.reset();   // it worked
//
// Errors: none; options and arguments of any size are fine, nothing overflows.
// Thread rule: a value.
#pragma once

#include <cstdint>

#include "client/sync_options.h"
#include "core/clock.h"
#include "core/random.h"

namespace terapi::client {

class Backoff {
 public:
  using Options = BackoffOptions;

  explicit Backoff(const Options& options) : options_(options) {}

  // Uniform between `least` and first × factor^attempts, at most `cap`.
  core::Duration next(core::Random& random);
  // As the server asked, and up to a tenth (at most a second) more. Counts as an attempt, too.
  core::Duration next(core::Random& random, core::Duration retry_after);
  // After a success.
  void reset() { attempts_ = 0; }
  std::uint32_t attempts() const { return attempts_; }

 private:
  core::Duration most() const;

  Options options_;
  std::uint32_t attempts_ = 0;
};

}  // namespace terapi::client
