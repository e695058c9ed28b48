// State: everything that a simulator remembers, as one value: what snapshots copy, what data files
// keep, what a reset goes back to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulator/faults/fault_plan.h"
#include "simulator/world/delivery.h"
#include "simulator/world/environment.h"

namespace terapi::simulator {

// A save that has been made but cannot be seen yet (the late_commit and before_commit faults).
struct StagedCommit {
  std::uint64_t number = 0;  // in the order of the saves
  std::string environment;
  StreamKey stream;
  std::vector<RecordPtr> records;
  Time visible_at;
  bool restamp = false;  // true: takes its place in the order when it becomes visible
  // Deliveries that wait for it; the others were sent before.
  std::vector<std::string> deliveries;
};

struct State {
  std::vector<Environment> environments;
  FaultPlan faults;
  std::map<std::uint64_t, Delivery> deliveries;  // by number, bounded (webhook_queue.h)
  std::uint64_t deliveries_forgotten = 0;        // finished ones that were discarded
  std::map<std::uint64_t, StagedCommit> staged;  // by number

  std::string records_text = "[]";  // the world's `records` as they were given

  std::uint64_t last_delivery = 0;  // numbers given out so far
  std::uint64_t last_run = 0;
  std::uint64_t last_staged = 0;
  std::uint64_t last_row = 0;       // Record::row
  std::uint32_t last_stream = 0;    // Stream::number
  Time last_commit = Time::min();   // CUR-9
  std::optional<Time> virtual_now;  // where the virtual clock stands; nothing on the system clock

  Environment* find_environment(std::string_view name);
  const Environment* find_environment(std::string_view name) const;
};

// What an event changed, for storage to write.
struct StateChanges {
  bool settings = false;  // anything in State but records and deliveries
  std::vector<std::pair<std::uint32_t, RecordPtr>> records;  // with the stream's number; in order
  std::vector<std::uint64_t> deliveries;  // by number: changed, new, or gone from State
  bool empty() const { return !settings && records.empty() && deliveries.empty(); }
};

}  // namespace terapi::simulator
