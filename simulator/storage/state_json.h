// The JSON of everything in State that is not a table of its own in data files.
//
// State is a few documents, by name, plus one JSON text for each delivery and each schedule; the
// records of streams have a table (record_table.h), and so have the objects of external APIs.
// Reading gives back exactly what was written; errors have code "data_corrupt" and say what was
// found where. Pure functions.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/result.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

// Numbers given out, the last commit and the clock: small, and written with every commit.
inline constexpr std::string_view kCountersDocument = "counters";
// Settings, integrations, connections, and the streams without their records.
inline constexpr std::string_view kEnvironmentsDocument = "environments";
// Fault rules as they were given, with their counts.
inline constexpr std::string_view kFaultsDocument = "faults";
// Saves that cannot be seen yet, records included.
inline constexpr std::string_view kStagedDocument = "staged";

// Asynchronous actions; earlier versions have none.
inline constexpr std::string_view kActionsDocument = "actions";

// The world as it was given; earlier versions have it among the counters.
inline constexpr std::string_view kWorldDocument = "world";

using Documents = std::map<std::string, std::string, std::less<>>;

std::string write_counters(const State& state);
// All six.
Documents write_documents(const State& state);
// The state without its deliveries and records; documents of other names are ignored.
core::Result<State> read_documents(const Documents& documents);

std::string write_delivery(const Delivery& delivery);
// `what` names it in messages.
core::Result<Delivery> read_delivery(std::string_view json, std::string_view what);

// A schedule, and where it belongs.
struct StoredSchedule {
  std::string environment;
  ScheduleKey key;
  Schedule schedule;
};
std::string write_schedule(const StoredSchedule& schedule);
core::Result<StoredSchedule> read_schedule(std::string_view json, std::string_view what);

}  // namespace terapi::simulator
