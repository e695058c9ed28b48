// StateTables: the tables of a data file, as the states that they hold: the current one and the
// snapshots, each with its documents, deliveries, schedules, records and objects under one number;
// and the log, which goes with the current one.
//
// Each call is some statements of the caller's transaction. Thread rule: one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/sqlite/sqlite_connection.h"
#include "simulator/storage/log_table.h"
#include "simulator/storage/object_table.h"
#include "simulator/storage/record_table.h"
#include "simulator/storage/state_json.h"
#include "simulator/world/state.h"

namespace terapi::simulator {

// The statements that make the tables; run once for a new file.
std::string state_tables_schema();
// The statements that make of a file of that version one of kDataVersion; empty where it is that.
std::string state_tables_migration(std::int64_t version);

class StateTables {
 public:
  static core::Result<StateTables> prepare(core::SqliteConnection& connection);

  core::Result<Documents> documents(std::int64_t snapshot);
  // The state that these documents, and the deliveries and records of that number, make.
  core::Result<State> load(std::int64_t snapshot, const Documents& documents);
  // Writes all of it where nothing is.
  core::Result<void> put(std::int64_t snapshot, const Documents& documents, const State& state);
  core::Result<void> clear(std::int64_t snapshot);

  core::Result<void> put_documents(std::int64_t snapshot, const Documents& documents);
  core::Result<void> put_delivery(std::int64_t snapshot, const Delivery& delivery);
  core::Result<void> remove_delivery(std::int64_t snapshot, std::uint64_t number);
  core::Result<void> put_schedule(std::int64_t snapshot, const StoredSchedule& schedule);
  core::Result<void> remove_schedule(std::int64_t snapshot, std::uint64_t number);
  RecordTable& records() { return records_; }
  ObjectTable& objects() { return objects_; }
  LogTable& log() { return log_; }

  // Snapshots are numbered from 1.
  struct Snapshot {
    std::int64_t number = 0;
    std::string name;
  };
  core::Result<std::vector<Snapshot>> snapshots();
  core::Result<std::optional<std::int64_t>> find_snapshot(std::string_view name);
  core::Result<std::int64_t> add_snapshot(std::string_view name);
  // Its content too.
  core::Result<void> remove_snapshot(std::int64_t snapshot);

 private:
  StateTables(RecordTable records, ObjectTable objects, LogTable log)
      : records_(std::move(records)), objects_(std::move(objects)), log_(std::move(log)) {}
  core::Result<void> load_deliveries(std::int64_t snapshot, State& state);
  core::Result<void> load_schedules(std::int64_t snapshot, State& state);

  RecordTable records_;
  ObjectTable objects_;
  LogTable log_;
  core::SqliteStatement put_document_, select_documents_, clear_documents_;
  core::SqliteStatement put_delivery_, select_deliveries_, remove_delivery_, clear_deliveries_;
  core::SqliteStatement put_schedule_, select_schedules_, remove_schedule_, clear_schedules_;
  core::SqliteStatement add_snapshot_, select_snapshots_, remove_snapshot_;
};

}  // namespace terapi::simulator
