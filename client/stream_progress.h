// StreamProgress: how far the sync of a stream has got, for progress lines, metrics and tests. A
// value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/store.h"
#include "client/stream.h"
#include "core/clock.h"
#include "core/result.h"

namespace terapi::client {

// What was read and stored.
struct WalkCounts {
  std::uint64_t records = 0;
  std::uint64_t changed = 0;  // of these, new or newer than what was stored
  std::uint64_t pages = 0;
  std::uint64_t bytes = 0;
  std::optional<core::Time> newest;

  WalkCounts& operator+=(const WalkCounts& more);
};

struct StreamProgress {
  Stream stream;
  Health health = Health::kSyncing;
  bool running = false;
  WalkCounts counts;                // since this process began
  std::uint64_t stored_before = 0;  // records that were there when it began
  // Why, while retrying or stopped; up to date, why an overlap could not be read again.
  core::Error error;
  std::string record;                         // at fault
  std::uint64_t failures = 0;                 // walks that ended in one
  std::uint64_t full_reads = 0;               // after a cursor that the server refused
  std::optional<core::Time> up_to_date_at;    // when the end was last reached
  std::optional<core::Time> next_attempt_at;  // while retrying
};

}  // namespace terapi::client
