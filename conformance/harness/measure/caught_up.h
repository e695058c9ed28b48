// How long a client takes from its launch until it holds all that the server has, and what that
// costs: a first sync, or catching up after it was down.
//
// Thread rule: the stage's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/contract/dump.h"
#include "conformance/harness/measure/measuring_stage.h"
#include "core/result.h"
#include "core/words.h"

namespace terapi::conformance {

// What says that a change is durable.
enum class Witness : std::uint8_t {
  kFiles,   // the last write into the state folder, and a dump afterwards that has everything
  kDump,    // a dump that has everything: nothing was written into the state folder
  kServed,  // nobody: without a dump, all that is known is when the last answer went out
};
inline constexpr auto kWitnesses = std::to_array<core::Word<Witness>>({
    {Witness::kFiles, "files", "the last write into TERAPI_STATE_DIR, confirmed by a dump"},
    {Witness::kDump, "dump", "the end of the first dump that had everything"},
    {Witness::kServed, "served", "the answer went out; nobody knows when it was stored"},
});

struct CaughtUp {
  std::chrono::duration<double> from_launch{0};
  std::chrono::duration<double> from_request{0};  // its first one for records
  std::uint64_t requests = 0;
  ClientUsage usage;
  Witness witness = Witness::kServed;
  double judge_busy = 0;  // the share of that time in which the judge's thread worked
};

// True when the dump has all that it should have.
using HoldsAll = std::function<bool(const std::vector<DumpRecord>&)>;

// The client goes on running. Codes "died", "never_asked", "not_all_fetched", "not_all_stored",
// "cannot_run", "bad_dump".
core::Result<CaughtUp> launch_and_catch_up(MeasuringStage& stage, const HoldsAll& holds_all,
                                           core::Duration limit);

}  // namespace terapi::conformance
