// KeptSchedule: a failing schedule made small, told for people, and written as a scenario file.
//
//   const KeptSchedule kept = keep_schedule(drawn, failure, {.play = {.mutant = mutant}});
//   write_file(folder + "/" + kept.path, kept.text);
//
// Thread rule: none is shared.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "conformance/harness/explore/explore_one.h"
#include "conformance/harness/explore/explorer.h"

namespace terapi::conformance {

struct KeepOptions {
  ExploreOptions play;
  // Of a client other than ours: how its schedules are played. The reference client is the referee
  // then: what fails it, too, is not kept.
  std::function<Explored(const Scenario&)> how{};
  std::string name;   // of the file, "seed-17"
  std::string again;  // the line that finds it again
  std::string title;  // "" : from what failed
  std::size_t most_tries = 5'000;
  // Of real time; none: as long as it takes.
  std::optional<core::Duration> budget{};
  const std::atomic<bool>* stop = nullptr;  // set from elsewhere: it is small enough
};

struct KeptSchedule {
  std::string path;  // "explore/seed-17.json"
  std::string text;
  std::size_t steps = 0;
  std::size_t tried = 0;
  Finding finding;               // of the schedule that is kept
  bool passes_reference = true;  // where another client than ours failed
  bool fails_on_sqlite = true;   // where ours did
};

// `failure`: what the schedule fails with; what is kept fails with the same clause.
KeptSchedule keep_schedule(const Scenario& scenario, const Finding& failure,
                           const KeepOptions& options);

}  // namespace terapi::conformance
