// ExploreOne: the schedule that a seed draws, played against the reference client in this process
// and in virtual time. The unit of what `terapi-conformance explore` does, and of its speed.
//
//   const Explored explored = explore_one(seed, {.draw = {.size = DrawOptions::Size::kSmall}});
//   if (explored.found()) …   // explored.findings says what is wrong
//
// A function of its arguments alone. Thread rule: none is shared; as many at once as one likes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/evidence/history.h"
#include "conformance/evidence/verdict.h"
#include "conformance/harness/explore/schedule_draw.h"
#include "conformance/harness/mutants/client_mutant.h"
#include "conformance/harness/mutants/server_mutant.h"
#include "conformance/harness/play/play.h"
#include "conformance/harness/stage/client_stage.h"

namespace terapi::conformance {

struct ExploreOptions {
  DrawOptions draw{};
  const ClientMutant* mutant = nullptr;         // null: the client as it is
  const ServerMutant* server_mutant = nullptr;  // of stories that judge a server
  // The client's database is SQLite, as in our program; else it is in memory, which is faster.
  bool sqlite = false;
  bool told = false;  // History::told
};

struct Explored {
  Verdict verdict = Verdict::kError;
  std::string reason;
  std::vector<Finding> findings;
  History history;
  std::uint64_t requests = 0;
  ClientStage::Moments moments{};  // that came, at which it could have been killed
  // Something is wrong: with the client, or (kError) with the judge or the schedule.
  bool found() const { return verdict == Verdict::kFail || verdict == Verdict::kError; }
};

Explored explore_one(std::uint64_t seed, const ExploreOptions& options = {});
// That of the small world: two streams, 50 records, up to five faults. True when something is
// wrong. What "schedules a second" counts.
bool explore_small_world(std::uint64_t seed);
// Opens the stage and plays on it; takes its history.
Explored explored_on(ClientStage& stage, const Scenario& scenario);
// What came of a play; takes the stage's history.
Explored explored_from(Played played, Stage& stage);
// The same for a schedule that was drawn already, or is another one; also for one that judges a
// server.
Explored explore(const Scenario& scenario, const ExploreOptions& options);

}  // namespace terapi::conformance
