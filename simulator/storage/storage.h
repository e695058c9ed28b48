// Storage: where a simulator keeps its State so that a killed process loses nothing that it
// answered. The simulator calls `commit` at the end of each event, before the event's answers go
// out. One implementation: SqliteStorage (--data); without one, state is in memory only.
//
// Thread rule: the simulator's thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace terapi::simulator {

struct LogChanges;
struct LogHistory;
struct State;
struct StateChanges;

class Storage {
 public:
  virtual ~Storage() = default;
  // What is stored; nothing when the file is new. Codes "data_corrupt", "data_io".
  virtual core::Result<std::optional<State>> load() = 0;
  // The log that goes with it.
  virtual core::Result<LogHistory> load_log() = 0;
  // Writes what changed, all or nothing. Code "data_io".
  virtual core::Result<void> commit(const State& state, const StateChanges& changes,
                                    const LogChanges& log) = 0;
  // Writes all of it in place of what is stored, all or nothing. The log begins anew; its ids go
  // on.
  virtual core::Result<void> replace(const State& state) = 0;

  virtual core::Result<std::map<std::string, State>> load_snapshots() = 0;
  virtual core::Result<void> save_snapshot(std::string_view name, const State& state) = 0;
  virtual core::Result<void> remove_snapshot(std::string_view name) = 0;
};

}  // namespace terapi::simulator
