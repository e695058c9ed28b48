// FailureStreak: what consecutive failures of a stream lead to (CLIENT-9, CLIENT-11): a longer and
// longer wait before the next attempt, or the end, when trying again will not help any more.
//
//   const auto delay = streak.add({error, position.cursor, .records = counts.records});
//   if (!delay) …          // stop, and report delay.error()
//   try_again_after(*delay);
//   …
//   streak.end();          // it worked
//
// Errors: "poison_record", after many answers in a row that broke within the same single record;
// "gave_up", when SyncOptions::give_up has passed since the first failure.
// Thread rule: the clock's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/backoff.h"
#include "client/patience.h"
#include "client/sync_options.h"
#include "core/random.h"
#include "core/result.h"

namespace terapi::client {

class FailureStreak {
 public:
  struct Failure {
    const core::Error& error;
    const std::optional<std::string>& cursor;     // the stored one
    std::optional<core::Duration> retry_after{};  // what the server asked for
    // Another worker got on with the stream: nothing is wrong, but a pause keeps the two from
    // running in step.
    bool overtaken = false;
    std::uint64_t records = 0;   // that were stored so far, since this process began
    bool single_record = false;  // no page can be asked for that is smaller
  };

  FailureStreak(const SyncOptions& options, core::Clock& clock, core::Random random)
      : backoff_(options.backoff),
        random_(random),
        patience_(clock, options.give_up),
        give_up_(options.give_up) {}

  // How long to wait before the next attempt, or why there is to be none.
  core::Result<core::Duration> add(const Failure& failure);
  // Something worked.
  void end();

 private:
  Backoff backoff_;
  core::Random random_;
  Patience patience_;
  core::Duration give_up_;
  std::uint64_t records_ = 0;       // at the last failure
  std::uint64_t broken_pages_ = 0;  // in a row, each of a single record
};

}  // namespace terapi::client
