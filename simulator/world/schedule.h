// Schedule: a sync of one connection, in one variant, as it runs in the background (SYNC-2 to
// SYNC-7): when it runs next, whether it runs now, what came of its last run. Values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/words.h"
#include "simulator/records/stream_key.h"
#include "simulator/records/timestamp.h"
#include "simulator/world/run_facts.h"

namespace terapi::simulator {

struct ScheduleKey {
  std::string integration;
  std::string connection;
  std::string sync;
  std::string variant = std::string(kBaseVariant);
  friend auto operator<=>(const ScheduleKey&, const ScheduleKey&) = default;
};

enum class LastRun : std::uint8_t { kNone, kSuccess, kError };
inline constexpr std::array<core::Word<LastRun>, 3> kLastRunWords = {
    {{LastRun::kNone, "none"}, {LastRun::kSuccess, "success"}, {LastRun::kError, "error"}}};

// What POST /sync/trigger asks of the run that it starts.
struct TriggerOptions {
  bool reset = false;        // as if it had never run
  bool empty_cache = false;  // …and without the records that it has
};

struct Schedule {
  std::uint64_t number = 0;  // in the data file; never reused
  bool paused = false;
  std::optional<Duration> frequency;  // in place of the sync's own
  Time next_run;                      // while neither paused nor running
  bool running = false;
  std::string run_id;  // of the current or last run
  SyncType type = SyncType::kInitial;
  Time started_at;
  std::optional<TriggerOptions> queued;  // SYNC-7: one more, after the current one
  LastRun last = LastRun::kNone;
  std::string error;  // of the last run, where it failed
  std::optional<Time> finished_at;
  std::map<std::string, RunCounts> latest;  // by model
  // Where an incremental sync goes on, by model: the last change of the collection that it read.
  std::map<std::string, std::uint64_t> checkpoint;
};

}  // namespace terapi::simulator
