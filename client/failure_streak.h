// FailureStreak: what consecutive failures of a stream lead to (CLIENT-9, CLIENT-11): a longer and
// longer wait before the next attempt, or the end, when trying again will not help any more.
//
//   const auto delay = streak.add({error, position.cursor, .records = counts.records});
//   if (!delay) …          // stop, and report delay.error()
//   try_again_after(*delay);
//   …
//   streak.end();          // it worked
//
// Errors: "poison_record", after several answers in a row that broke within the same record;
// "gave_up", when SyncOptions::give_up has passed since the first failure.
// Thread rule: the clock's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/backoff.h"
#include "client/patience.h"
#include "client/sync_options.h"
#include "core/random.h"
#include "core/result.h"

namespace terapi::client {

// Codes of failures that mean something here: an answer broke within its records; pages lead back
// to where the walk has been.
inline constexpr const char* kBrokenRecord = "broken_record";
inline constexpr const char* kPagingCircle = "paging_circle";

class FailureStreak {
 public:
  struct Failure {
    const core::Error& error;
    const std::optional<std::string>& cursor;     // the stored one
    std::optional<core::Duration> retry_after{};  // what the server asked for
    // Another worker got on with the stream: nothing is wrong, but a pause keeps the two from
    // running in step.
    bool overtaken = false;
    // How many records have got it on so far, since this process began: new or newer ones, and
    // all of a full read.
    std::uint64_t records = 0;
    bool single_record = false;  // no page can be asked for that is smaller
    std::string_view record{};   // in which the answer broke, where it can be named
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
  std::uint64_t broken_pages_ = 0;  // in a row, each within the record to blame
};

}  // namespace terapi::client
