// Explorer: plays the schedules of many seeds, on as many threads as there are cores, and tells
// which of them fail. What it finds depends on the seeds alone, not on threads or time: the lowest
// seed of each way to fail.
//
// Thread rule: run() blocks its caller, who may set `stop` from elsewhere, also from a signal
// handler.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "conformance/harness/explore/coverage.h"
#include "conformance/harness/explore/explore_one.h"
#include "conformance/harness/explore/step_coverage.h"
#include "core/clock.h"

namespace terapi::conformance {

struct ExplorerOptions {
  std::uint64_t first = 1;
  std::uint64_t last = UINT64_MAX;
  // One part of several machines' work: every `stride`-th seed, from first + offset on.
  std::uint64_t stride = 1;
  std::uint64_t offset = 0;
  std::optional<core::Duration> budget{};  // of real time
  std::size_t threads = 1;
  bool stop_at_first = false;  // the lowest seed that fails is all that is wanted
  ExploreOptions play{};
  // What a seed draws, and how that is played, in place of draw_schedule() and explore(). Called on
  // all threads at once.
  std::function<DrawnSchedule(std::uint64_t)> draw{};
  std::function<Explored(const Scenario&)> how{};
};

// A way to fail.
struct FoundFailure {
  std::uint64_t seed = 0;  // the lowest
  std::uint64_t seeds = 0;
  Verdict verdict = Verdict::kFail;
  std::string reason;  // of a kError
  Finding finding;     // the first
  // Clause and invariant: failures that share it are taken for one.
  std::string name() const;
};

struct Exploration {
  std::uint64_t schedules = 0;
  std::uint64_t requests = 0;
  std::uint64_t inconclusive = 0;  // a fault in them never struck
  core::Duration elapsed{0};
  Coverage coverage;                          // of schedules that judge a client
  StepCoverage steps;                         // of those that judge a server
  std::map<std::string, FoundFailure> found;  // by name
};

class Explorer {
 public:
  explicit Explorer(ExplorerOptions options) : options_(std::move(options)) {}

  // `stop`: set from outside to end early. `progress` is called on this thread, a few times a
  // second: schedules so far, failures so far.
  Exploration run(const std::atomic<bool>& stop,
                  const std::function<void(std::uint64_t, std::uint64_t)>& progress);

 private:
  struct Share;
  void work(Share& share) const;
  void play(std::uint64_t seed, Share& share) const;

  ExplorerOptions options_;
};

}  // namespace terapi::conformance
