// State: everything that a simulator remembers, as one value: what snapshots copy, what data files
// keep, what a reset goes back to.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulator/faults/fault_plan.h"
#include "simulator/records/quirk.h"
#include "simulator/world/delivery.h"
#include "simulator/world/environment.h"
#include "simulator/world/shared_text.h"
#include "simulator/world/template.h"

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

enum class ActionState : std::uint8_t { kRunning, kSucceeded, kFailed };
inline constexpr std::array<core::Word<ActionState>, 3> kActionStateWords = {
    {{ActionState::kRunning, "running"},
     {ActionState::kSucceeded, "succeeded"},
     {ActionState::kFailed, "failed"}}};

// An action that was asked for asynchronously, and what came of it (WRITE-1).
struct AsyncAction {
  std::string id;
  std::string environment;
  std::string integration;
  std::string connection;
  std::string name;
  std::string input;  // JSON
  ActionState state = ActionState::kRunning;
  std::string output;  // JSON; why it failed, a text
  // When it ends, once it was carried out: as `state` then says.
  std::optional<Time> ends_at;
  ActionState ends_as = ActionState::kRunning;
  Time created_at;
  std::uint64_t operation = 0;  // its id in the log
};

struct State {
  std::vector<Environment> environments;
  FaultPlan faults;
  std::map<std::uint64_t, Delivery> deliveries;  // by number, bounded (webhook_queue.h)
  std::uint64_t deliveries_forgotten = 0;        // finished ones that were discarded
  std::map<std::uint64_t, StagedCommit> staged;  // by number

  std::map<std::uint64_t, AsyncAction> actions;  // by number, bounded (runs/actions.h)

  SharedText records_text{"[]"};    // the world's `records` as they were given
  SharedText upstream_text{"[]"};   // …and its `upstream`
  std::vector<Template> templates;  // the world's own, beside those that come with the simulator
  QuirkChoices quirks;              // …how it differs from the dialect
  std::int32_t zone_minutes = 0;    // …and the offset in which times are told

  std::uint64_t last_delivery = 0;  // numbers given out so far
  std::uint64_t last_run = 0;
  std::uint64_t last_staged = 0;
  std::uint64_t last_row = 0;     // Record::row
  std::uint32_t last_stream = 0;  // Stream::number
  std::uint32_t last_collection = 0;
  std::uint64_t last_schedule = 0;
  std::uint64_t last_action = 0;
  std::uint64_t last_connection = 0;  // ids made for connections that came without one
  Time last_commit = Time::min();     // CUR-9
  std::optional<Time> virtual_now;    // where the virtual clock stands; nothing on the system clock

  // An empty state that goes on where this one is: numbers and commit times that were given out do
  // not come again.
  State successor() const;

  Environment* find_environment(std::string_view name);
  const Environment* find_environment(std::string_view name) const;

  // The templates of an integration's provider, the world's own last; and one of them, or null.
  std::vector<const Template*> templates_of(const Integration& integration) const;
  const Template* find_template(const Integration& integration, std::string_view name) const;
};

// Takes apart a state that nobody needs any more, breathing: that of millions of records takes its
// time.
void take_apart(State& state);

// A schedule, wherever it is or was.
struct ScheduleChange {
  std::uint64_t number = 0;
  std::string environment;
  ScheduleKey key;
};

// What an event changed, for storage to write.
struct StateChanges {
  bool settings = false;  // anything in State but records and deliveries
  std::vector<std::pair<std::uint32_t, RecordPtr>> records;  // with the stream's number; in order
  std::vector<std::uint64_t> deliveries;  // by number: changed, new, or gone from State
  std::vector<std::pair<std::uint32_t, UpstreamObjectPtr>> objects;  // with the collection's number
  std::vector<ScheduleChange> schedules;                             // changed, new, or gone
  bool empty() const {
    return !settings && records.empty() && deliveries.empty() && objects.empty() &&
           schedules.empty();
  }
};

}  // namespace terapi::simulator
