#include "simulator/storage/state_tables.h"

#include <utility>

#include "core/breather.h"

namespace terapi::simulator {
namespace {

using core::Error;
using core::Result;

constexpr std::size_t kLargeDocument = std::size_t{1} << 20;  // bytes

// Calls row() for each row of a statement, and rewinds it.
template <typename Row>
Result<void> each_row(core::SqliteStatement& select, Row row) {
  Result<bool> there = select.step();
  Result<void> done;
  while (done && there && *there) {
    done = row();
    if (done) there = select.step();
  }
  select.rewind();
  if (!there) return there.error();
  return done;
}

// What version 2 has beside version 1.
std::string added_in_version_2() {
  return object_table_schema() +
         "CREATE TABLE schedules(\n  snapshot INTEGER NOT NULL,\n  number INTEGER NOT NULL,\n"
         "  json TEXT NOT NULL,\n  PRIMARY KEY(snapshot, number)) STRICT, WITHOUT ROWID;\n";
}

// What version 3 has beside version 2.
std::string added_in_version_3() { return log_table_schema(); }

}  // namespace

std::string state_tables_migration(std::int64_t version) {
  return (version < 2 ? added_in_version_2() : "") + (version < 3 ? added_in_version_3() : "") +
         (version < 4 ? record_table_additions() : "");
}

std::string state_tables_schema() {
  return record_table_schema() +
         "-- Snapshot 0 is the current state.\n"
         "CREATE TABLE documents(\n  snapshot INTEGER NOT NULL,\n  name TEXT NOT NULL,\n"
         "  json TEXT NOT NULL,\n  PRIMARY KEY(snapshot, name)) STRICT, WITHOUT ROWID;\n"
         "CREATE TABLE deliveries(\n  snapshot INTEGER NOT NULL,\n  number INTEGER NOT NULL,\n"
         "  json TEXT NOT NULL,\n  PRIMARY KEY(snapshot, number)) STRICT, WITHOUT ROWID;\n"
         "CREATE TABLE snapshots(\n  number INTEGER PRIMARY KEY,\n  name TEXT NOT NULL) STRICT;\n" +
         added_in_version_2() + added_in_version_3();
}

Result<StateTables> StateTables::prepare(core::SqliteConnection& connection) {
  Result<RecordTable> records = RecordTable::prepare(connection);
  if (!records) return records.error();
  Result<ObjectTable> objects = ObjectTable::prepare(connection);
  if (!objects) return objects.error();
  Result<LogTable> log = LogTable::prepare(connection);
  if (!log) return log.error();
  StateTables tables(*std::move(records), *std::move(objects), *std::move(log));
  Result<void> done = connection.prepare_all({
      {tables.put_document_,
       "INSERT OR REPLACE INTO documents(snapshot, name, json) VALUES(?1,?2,?3)"},
      {tables.select_documents_, "SELECT name, json FROM documents WHERE snapshot = ?1"},
      {tables.clear_documents_, "DELETE FROM documents WHERE snapshot = ?1"},
      {tables.put_delivery_,
       "INSERT OR REPLACE INTO deliveries(snapshot, number, json) VALUES(?1,?2,?3)"},
      {tables.select_deliveries_,
       "SELECT number, json FROM deliveries WHERE snapshot = ?1 ORDER BY number"},
      {tables.remove_delivery_, "DELETE FROM deliveries WHERE snapshot = ?1 AND number = ?2"},
      {tables.clear_deliveries_, "DELETE FROM deliveries WHERE snapshot = ?1"},
      {tables.put_schedule_,
       "INSERT OR REPLACE INTO schedules(snapshot, number, json) VALUES(?1,?2,?3)"},
      {tables.select_schedules_,
       "SELECT number, json FROM schedules WHERE snapshot = ?1 ORDER BY number"},
      {tables.remove_schedule_, "DELETE FROM schedules WHERE snapshot = ?1 AND number = ?2"},
      {tables.clear_schedules_, "DELETE FROM schedules WHERE snapshot = ?1"},
      {tables.add_snapshot_, "INSERT INTO snapshots(name) VALUES(?1) RETURNING number"},
      {tables.select_snapshots_, "SELECT number, name FROM snapshots ORDER BY number"},
      {tables.remove_snapshot_, "DELETE FROM snapshots WHERE number = ?1"},
  });
  if (!done) return done.error();
  return tables;
}

Result<Documents> StateTables::documents(std::int64_t snapshot) {
  Documents documents;
  select_documents_.bind(1, snapshot);
  Result<void> done = each_row(select_documents_, [&]() -> Result<void> {
    documents.emplace(select_documents_.bytes(0), select_documents_.bytes(1));
    return {};
  });
  if (!done) return done.error();
  return documents;
}

Result<State> StateTables::load(std::int64_t snapshot, const Documents& documents) {
  Result<State> state = read_documents(documents);
  if (!state) return state;
  if (Result<void> done = load_deliveries(snapshot, *state); !done) return done.error();
  if (Result<void> done = load_schedules(snapshot, *state); !done) return done.error();
  if (Result<void> done = objects_.load(snapshot, *state); !done) return done.error();
  if (Result<void> done = records_.load(snapshot, *state); !done) return done.error();
  return state;
}

Result<void> StateTables::load_schedules(std::int64_t snapshot, State& state) {
  select_schedules_.bind(1, snapshot);
  return each_row(select_schedules_, [&]() -> Result<void> {
    const std::int64_t number = select_schedules_.integer(0);
    const std::string what = "schedule " + std::to_string(number);
    Result<StoredSchedule> stored = read_schedule(select_schedules_.bytes(1), what);
    if (!stored) return stored.error();
    Environment* environment = state.find_environment(stored->environment);
    if (environment == nullptr ||
        environment->find_connection(stored->key.integration, stored->key.connection) == nullptr ||
        stored->schedule.number != static_cast<std::uint64_t>(number) ||
        stored->schedule.number > state.last_schedule ||
        !environment->schedules.emplace(stored->key, stored->schedule).second) {
      return Error{"data_corrupt", what + " does not belong to this state"};
    }
    return {};
  });
}

Result<void> StateTables::load_deliveries(std::int64_t snapshot, State& state) {
  select_deliveries_.bind(1, snapshot);
  return each_row(select_deliveries_, [&]() -> Result<void> {
    const std::int64_t number = select_deliveries_.integer(0);
    const std::string what = "delivery " + std::to_string(number);
    Result<Delivery> delivery = read_delivery(select_deliveries_.bytes(1), what);
    if (!delivery) return delivery.error();
    if (delivery->number != static_cast<std::uint64_t>(number) ||
        delivery->number > state.last_delivery) {
      return Error{"data_corrupt", what + ": it says that it is number " +
                                       std::to_string(delivery->number) + ", of " +
                                       std::to_string(state.last_delivery)};
    }
    state.deliveries.emplace(static_cast<std::uint64_t>(number), *std::move(delivery));
    return {};
  });
}

Result<void> StateTables::put(std::int64_t snapshot, const Documents& documents,
                              const State& state) {
  if (Result<void> done = put_documents(snapshot, documents); !done) return done;
  for (const auto& [number, delivery] : state.deliveries) {
    if (Result<void> done = put_delivery(snapshot, delivery); !done) return done;
  }
  for (const Environment& environment : state.environments) {
    for (const auto& [key, schedule] : environment.schedules) {
      Result<void> done = put_schedule(snapshot, {environment.settings.name, key, schedule});
      if (!done) return done;
    }
  }
  if (Result<void> done = objects_.put_all(snapshot, state); !done) return done;
  return records_.put_all(snapshot, state);
}

Result<void> StateTables::clear(std::int64_t snapshot) {
  clear_documents_.bind(1, snapshot);
  if (Result<void> done = clear_documents_.run(); !done) return done;
  clear_deliveries_.bind(1, snapshot);
  if (Result<void> done = clear_deliveries_.run(); !done) return done;
  clear_schedules_.bind(1, snapshot);
  if (Result<void> done = clear_schedules_.run(); !done) return done;
  if (Result<void> done = objects_.clear(snapshot); !done) return done;
  return records_.clear(snapshot);
}

Result<void> StateTables::put_documents(std::int64_t snapshot, const Documents& documents) {
  put_document_.bind(1, snapshot);
  for (const auto& [name, json] : documents) {
    put_document_.bind_text(2, name);
    put_document_.bind_text(3, json);
    Result<void> done;
    // The text of a large world is one value, which SQLite copies from one place to the next.
    const auto put = [&] { done = put_document_.run(); };
    if (json.size() > kLargeDocument) {
      core::breathe_until_done(put);
    } else {
      put();
    }
    if (!done) return done;
  }
  return {};
}

Result<void> StateTables::put_delivery(std::int64_t snapshot, const Delivery& delivery) {
  const std::string json = write_delivery(delivery);
  put_delivery_.bind(1, snapshot);
  put_delivery_.bind(2, static_cast<std::int64_t>(delivery.number));
  put_delivery_.bind_text(3, json);
  return put_delivery_.run();
}

Result<void> StateTables::remove_delivery(std::int64_t snapshot, std::uint64_t number) {
  remove_delivery_.bind(1, snapshot);
  remove_delivery_.bind(2, static_cast<std::int64_t>(number));
  return remove_delivery_.run();
}

Result<void> StateTables::put_schedule(std::int64_t snapshot, const StoredSchedule& schedule) {
  const std::string json = write_schedule(schedule);
  put_schedule_.bind(1, snapshot);
  put_schedule_.bind(2, static_cast<std::int64_t>(schedule.schedule.number));
  put_schedule_.bind_text(3, json);
  return put_schedule_.run();
}

Result<void> StateTables::remove_schedule(std::int64_t snapshot, std::uint64_t number) {
  remove_schedule_.bind(1, snapshot);
  remove_schedule_.bind(2, static_cast<std::int64_t>(number));
  return remove_schedule_.run();
}

Result<std::vector<StateTables::Snapshot>> StateTables::snapshots() {
  std::vector<Snapshot> all;
  Result<void> done = each_row(select_snapshots_, [&]() -> Result<void> {
    all.push_back({select_snapshots_.integer(0), std::string(select_snapshots_.bytes(1))});
    return {};
  });
  if (!done) return done.error();
  return all;
}

Result<std::optional<std::int64_t>> StateTables::find_snapshot(std::string_view name) {
  const Result<std::vector<Snapshot>> all = snapshots();
  if (!all) return all.error();
  for (const Snapshot& snapshot : *all) {
    if (snapshot.name == name) return std::optional(snapshot.number);
  }
  return std::optional<std::int64_t>();
}

Result<std::int64_t> StateTables::add_snapshot(std::string_view name) {
  std::int64_t number = 0;
  add_snapshot_.bind_text(1, name);
  Result<void> done = each_row(add_snapshot_, [&]() -> Result<void> {
    number = add_snapshot_.integer(0);
    return {};
  });
  if (!done) return done.error();
  return number;
}

Result<void> StateTables::remove_snapshot(std::int64_t snapshot) {
  remove_snapshot_.bind(1, snapshot);
  if (Result<void> done = remove_snapshot_.run(); !done) return done;
  return clear(snapshot);
}

}  // namespace terapi::simulator
