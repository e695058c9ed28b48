// RecordTable: the rows of records, of the current state and of snapshots.
//
// A row is keyed by Record::row, so that new records are written one after another and a new
// version takes its record's place. There is no other index: RecordLog is that, in memory.
//
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/sqlite/sqlite_connection.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

// The statements that make the tables; run once for a new file.
std::string record_table_schema();
// What version 4 has beside earlier ones: statements that change the tables.
std::string record_table_additions();

// A record and where it belongs.
struct StoredRow {
  std::uint32_t stream = 0;
  const Record* record = nullptr;
};

// The number of the state that is not a snapshot, in every table.
inline constexpr std::int64_t kCurrentState = 0;

class RecordTable {
 public:
  static core::Result<RecordTable> prepare(core::SqliteConnection& connection);

  // Writes a version in place of its record's last one, in the current state.
  core::Result<void> put(const StoredRow& row);
  core::Result<void> remove_stream(std::uint32_t stream);

  // All records of the current state or a snapshot. `put_all` finds none there.
  core::Result<void> put_all(std::int64_t snapshot, const State& state);
  core::Result<void> clear(std::int64_t snapshot);
  // Fills the logs of the streams that `state` has. Code "data_corrupt" says which row is wrong.
  core::Result<void> load(std::int64_t snapshot, State& state);

 private:
  RecordTable() = default;

  core::SqliteStatement put_, select_, clear_, remove_stream_;
  core::SqliteStatement put_in_snapshot_, select_snapshot_, clear_snapshot_;
};

}  // namespace terapi::simulator
