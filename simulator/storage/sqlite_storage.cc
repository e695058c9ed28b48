#include "simulator/storage/sqlite_storage.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/json.h"
#include "core/sqlite/sqlite_connection.h"
#include "simulator/storage/data_file.h"
#include "simulator/storage/data_header.h"
#include "simulator/storage/state_json.h"
#include "simulator/storage/state_tables.h"

namespace terapi::simulator {
namespace {

using core::Error;
using core::Result;

// SQLite's own default; with 8192 and more, scans are no faster and small commits cost twice as
// much.
constexpr int kPageSize = 4096;
// Pages in the WAL before it is folded into the file, which takes some 20 ms.
constexpr int kCheckpointPages = 2000;
// Names the dialect, beside the documents of state_json.h.
constexpr std::string_view kDialectDocument = "dialect";

// A complete empty database in WAL mode. The application id and the version are written while its
// journal is still a rollback journal, so that the file's own header has them from the start.
Result<void> make_database(const std::string& file, const std::string& path) {
  Result<core::SqliteConnection> connection = core::SqliteConnection::open(file, path);
  if (!connection) return connection.error();
  const std::string pragmas = "PRAGMA page_size=" + std::to_string(kPageSize) +
                              "; PRAGMA application_id=" + std::to_string(kDataApplicationId) +
                              "; PRAGMA user_version=" + std::to_string(kDataVersion) + ";";
  for (const std::string& sql : {pragmas, "BEGIN;\n" + state_tables_schema() + "COMMIT;",
                                 std::string("PRAGMA journal_mode=WAL;")}) {
    if (Result<void> done = connection->run(sql); !done) return done;
  }
  return {};
}

// Makes of an earlier version's file one of this version, all or nothing.
Result<void> migrate(core::SqliteConnection& connection, std::int64_t version) {
  const std::string changes = state_tables_migration(version);
  if (changes.empty()) return {};
  Result<void> done = connection.run("BEGIN IMMEDIATE;\n" + changes + "PRAGMA user_version=" +
                                     std::to_string(kDataVersion) + ";\nCOMMIT;");
  if (!done && !connection.idle()) static_cast<void>(connection.run("ROLLBACK"));
  return done;
}

std::string opening_pragmas() {
  return "PRAGMA locking_mode=EXCLUSIVE;"  // before the first read: no shared memory file
         "PRAGMA synchronous=NORMAL;"
         "PRAGMA temp_store=MEMORY;"
         "PRAGMA trusted_schema=OFF;"
         "PRAGMA cell_size_check=ON;"
         "PRAGMA cache_size=-32000;"
         "PRAGMA journal_size_limit=67108864;"
         "PRAGMA wal_autocheckpoint=" +
         std::to_string(kCheckpointPages) + ";";
}

// In order.
std::vector<std::uint32_t> stream_numbers(const State& state) {
  std::vector<std::uint32_t> numbers;
  for (const Environment& environment : state.environments) {
    for (const auto& [key, stream] : environment.streams) numbers.push_back(stream.number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::vector<std::uint32_t> collection_numbers(const State& state) {
  std::vector<std::uint32_t> numbers;
  for (const Environment& environment : state.environments) {
    for (const auto& [key, collection] : environment.collections) {
      numbers.push_back(collection.number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

bool has(const std::vector<std::uint32_t>& streams, std::uint32_t stream) {
  return std::binary_search(streams.begin(), streams.end(), stream);
}

}  // namespace

// The file, its tables, and what is known of their content.
class SqliteStorage::Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& path, const Dialect& dialect);

  Result<std::optional<State>> load();
  Result<LogHistory> load_log();
  Result<void> commit(const State& state, const StateChanges& changes, const LogChanges& log);
  Result<void> replace(const State& state, const LogChanges& log);
  Result<std::map<std::string, State>> load_snapshots();
  Result<void> save_snapshot(std::string_view name, const State& state);
  Result<void> remove_snapshot(std::string_view name);

 private:
  Database(std::unique_ptr<DataFile> file, core::SqliteConnection connection, StateTables tables,
           const Dialect& dialect)
      : file_(std::move(file)),
        connection_(std::move(connection)),
        tables_(std::move(tables)),
        dialect_(dialect) {}

  Result<void> check_dialect();
  // Runs `body` as one transaction, rolled back when it fails.
  template <typename Body>
  Result<void> transaction(Body body);

  Documents all_documents(const State& state) const;
  // Those that an event changed, and where the counters stand.
  Documents changed_documents(const State& state, bool settings) const;
  Result<void> write_changes(const StateChanges& changes, const Documents& documents,
                             const State& state);
  Result<void> write_records(const StateChanges& changes,
                             const std::vector<std::uint32_t>& streams);
  Result<void> write_background(const StateChanges& changes, const State& state,
                                const std::vector<std::uint32_t>& collections);
  bool has_new_stream(const StateChanges& changes) const;
  // "'world.db' is damaged: …", for errors of parts that do not know the file's name.
  Error located(const Error& error, const std::string& where = "") const;

  // In the order of their making: statements go first, the claim to the file last.
  std::unique_ptr<DataFile> file_;
  core::SqliteConnection connection_;
  StateTables tables_;
  const Dialect& dialect_;

  Documents stored_;                    // as they are in the file; empty: nothing is stored yet
  std::vector<std::uint32_t> streams_;  // in the stored environments
  std::vector<std::uint32_t> collections_;
  bool known_ = false;  // `streams_` has been read or written
};

Result<std::unique_ptr<SqliteStorage::Database>> SqliteStorage::Database::open(
    const std::string& path, const Dialect& dialect) {
  auto make = [&](const std::string& file) { return make_database(file, path); };
  Result<std::unique_ptr<DataFile>> file = DataFile::claim(path, make);
  if (!file) return file.error();
  Result<core::SqliteConnection> connection = core::SqliteConnection::open((*file)->file(), path);
  if (!connection) return connection.error();
  // Until it is certain that the file is ours to write, its WAL stays as it is.
  if ((*file)->has_log()) connection->set_checkpoint_on_close(false);
  if (Result<void> done = connection->run(opening_pragmas()); !done) return done.error();
  const Result<std::int64_t> version = connection->integer("PRAGMA user_version");
  if (!version) return version.error();
  if (*version > kDataVersion) return data_too_new(path, *version);
  if (Result<void> done = migrate(*connection, *version); !done) return done.error();
  Result<StateTables> tables = StateTables::prepare(*connection);
  if (!tables) return tables.error();
  std::unique_ptr<Database> database(
      new Database(*std::move(file), *std::move(connection), *std::move(tables), dialect));
  if (Result<void> done = database->check_dialect(); !done) return done.error();
  database->connection_.set_checkpoint_on_close(true);
  return database;
}

Result<void> SqliteStorage::Database::check_dialect() {
  Result<Documents> documents = tables_.documents(kCurrentState);
  if (!documents) return located(documents.error());
  stored_ = *std::move(documents);
  known_ = stored_.empty();
  const auto found = stored_.find(kDialectDocument);
  const std::string own = core::json::quoted(dialect_.name);
  if (stored_.empty() || (found != stored_.end() && found->second == own)) return {};
  const std::string other = found == stored_.end() ? "no" : found->second;
  return Error{"data_dialect", "'" + file_->path() + "' was written in " + other +
                                   " dialect, and this simulator was started in " + own +
                                   "; it was left as it is"};
}

template <typename Body>
Result<void> SqliteStorage::Database::transaction(Body body) {
  if (!connection_.is_in_place()) {
    return Error{"data_io", "'" + file_->path() +
                                "' or its WAL was deleted, moved or replaced while it was in use; "
                                "nothing more can be kept in it"};
  }
  if (Result<void> done = connection_.run("BEGIN IMMEDIATE"); !done) return done;
  Result<void> done = body();
  if (done) done = connection_.run("COMMIT");
  // Some errors have rolled it back already. If this fails too, the next transaction says so.
  if (!done && !connection_.idle()) static_cast<void>(connection_.run("ROLLBACK"));
  return done;
}

Error SqliteStorage::Database::located(const Error& error, const std::string& where) const {
  if (error.code != "data_corrupt" || error.message.starts_with("'")) return error;
  return {error.code, "'" + file_->path() + "' is damaged: " + where + error.message};
}

Result<std::optional<State>> SqliteStorage::Database::load() {
  if (stored_.empty()) return std::optional<State>();
  Result<State> state = tables_.load(kCurrentState, stored_);
  if (!state) return located(state.error());
  streams_ = stream_numbers(*state);
  collections_ = collection_numbers(*state);
  known_ = true;
  return std::optional(*std::move(state));
}

Documents SqliteStorage::Database::all_documents(const State& state) const {
  Documents documents = write_documents(state);
  documents.emplace(kDialectDocument, core::json::quoted(dialect_.name));
  return documents;
}

Documents SqliteStorage::Database::changed_documents(const State& state, bool settings) const {
  Documents documents;
  // The first commit to a file of an earlier version moves what was among the counters.
  if (settings || !stored_.contains(kWorldDocument)) {
    documents = write_documents(state);
  } else {
    documents.emplace(kCountersDocument, write_counters(state));
  }
  std::erase_if(documents, [&](const auto& document) {
    const auto found = stored_.find(document.first);
    return found != stored_.end() && found->second == document.second;
  });
  return documents;
}

bool SqliteStorage::Database::has_new_stream(const StateChanges& changes) const {
  std::uint32_t last = 0;
  for (const auto& [stream, record] : changes.records) {
    if (stream != last && !has(streams_, stream)) return true;
    last = stream;
  }
  return false;
}

Result<LogHistory> SqliteStorage::Database::load_log() {
  Result<LogHistory> history = tables_.log().load();
  if (!history) return located(history.error());
  return history;
}

Result<void> SqliteStorage::Database::commit(const State& state, const StateChanges& changes,
                                             const LogChanges& log) {
  if (changes.empty() && log.empty()) return {};
  if (stored_.empty()) return replace(state, log);
  TERAPI_CHECK(known_, "load or replace comes before commit");
  const bool settings = changes.settings || has_new_stream(changes);
  Documents documents = changed_documents(state, settings);
  std::vector<std::uint32_t> streams = settings ? stream_numbers(state) : streams_;
  std::vector<std::uint32_t> collections = settings ? collection_numbers(state) : collections_;
  Result<void> done = transaction([&]() -> Result<void> {
    if (Result<void> written = write_changes(changes, documents, state); !written) return written;
    if (Result<void> written = write_background(changes, state, collections); !written) {
      return written;
    }
    if (Result<void> written = tables_.log().write(log); !written) return written;
    return write_records(changes, streams);
  });
  if (!done) return done;
  for (auto& [name, json] : documents) stored_.insert_or_assign(name, std::move(json));
  streams_ = std::move(streams);
  collections_ = std::move(collections);
  return {};
}

Result<void> SqliteStorage::Database::write_changes(const StateChanges& changes,
                                                    const Documents& documents,
                                                    const State& state) {
  if (Result<void> done = tables_.put_documents(kCurrentState, documents); !done) return done;
  for (const std::uint64_t number :
       std::set(changes.deliveries.begin(), changes.deliveries.end())) {
    const auto found = state.deliveries.find(number);
    Result<void> done = found == state.deliveries.end()
                            ? tables_.remove_delivery(kCurrentState, number)
                            : tables_.put_delivery(kCurrentState, found->second);
    if (!done) return done;
  }
  return {};
}

// Schedules, and objects of external APIs; those of collections that the event took away go.
Result<void> SqliteStorage::Database::write_background(
    const StateChanges& changes, const State& state,
    const std::vector<std::uint32_t>& collections) {
  for (const ScheduleChange& change : changes.schedules) {
    const Environment* environment = state.find_environment(change.environment);
    const Schedule* schedule =
        environment == nullptr ? nullptr : environment->find_schedule(change.key);
    const bool there = schedule != nullptr && schedule->number == change.number;
    Result<void> done =
        there ? tables_.put_schedule(kCurrentState, {change.environment, change.key, *schedule})
              : tables_.remove_schedule(kCurrentState, change.number);
    if (!done) return done;
  }
  for (const auto& [collection, object] : changes.objects) {
    if (object == nullptr || !has(collections, collection)) continue;
    Result<void> done = tables_.objects().put(kCurrentState, collection, *object);
    if (!done) return done;
  }
  for (const std::uint32_t collection : collections_) {
    if (has(collections, collection)) continue;
    Result<void> done = tables_.objects().remove_collection(kCurrentState, collection);
    if (!done) return done;
  }
  return {};
}

// Records of streams that the event took away, with their connection, go with them.
Result<void> SqliteStorage::Database::write_records(const StateChanges& changes,
                                                    const std::vector<std::uint32_t>& streams) {
  for (const auto& [stream, record] : changes.records) {
    if (!has(streams, stream)) continue;
    if (Result<void> done = tables_.records().put({stream, record.get()}); !done) return done;
  }
  for (const std::uint32_t stream : streams_) {
    if (has(streams, stream)) continue;
    if (Result<void> done = tables_.records().remove_stream(stream); !done) return done;
  }
  return {};
}

Result<void> SqliteStorage::Database::replace(const State& state, const LogChanges& log) {
  Documents documents = all_documents(state);
  Result<void> done = transaction([&]() -> Result<void> {
    if (Result<void> cleared = tables_.clear(kCurrentState); !cleared) return cleared;
    if (Result<void> cleared = tables_.log().clear(); !cleared) return cleared;
    if (Result<void> written = tables_.log().write(log); !written) return written;
    return tables_.put(kCurrentState, documents, state);
  });
  if (!done) return done;
  stored_ = std::move(documents);
  streams_ = stream_numbers(state);
  collections_ = collection_numbers(state);
  known_ = true;
  return {};
}

Result<std::map<std::string, State>> SqliteStorage::Database::load_snapshots() {
  std::map<std::string, State> snapshots;
  const Result<std::vector<StateTables::Snapshot>> all = tables_.snapshots();
  if (!all) return located(all.error());
  for (const StateTables::Snapshot& snapshot : *all) {
    const std::string where = "snapshot '" + snapshot.name + "': ";
    const Result<Documents> documents = tables_.documents(snapshot.number);
    if (!documents) return located(documents.error(), where);
    Result<State> state = tables_.load(snapshot.number, *documents);
    if (!state) return located(state.error(), where);
    snapshots.insert_or_assign(snapshot.name, *std::move(state));
  }
  return snapshots;
}

Result<void> SqliteStorage::Database::save_snapshot(std::string_view name, const State& state) {
  return transaction([&]() -> Result<void> {
    const auto earlier = tables_.find_snapshot(name);
    if (!earlier) return earlier.error();
    if (*earlier) {
      if (Result<void> done = tables_.remove_snapshot(**earlier); !done) return done;
    }
    const Result<std::int64_t> number = tables_.add_snapshot(name);
    if (!number) return number.error();
    return tables_.put(*number, write_documents(state), state);
  });
}

Result<void> SqliteStorage::Database::remove_snapshot(std::string_view name) {
  return transaction([&]() -> Result<void> {
    const auto number = tables_.find_snapshot(name);
    if (!number) return number.error();
    return *number ? tables_.remove_snapshot(**number) : Result<void>();
  });
}

SqliteStorage::SqliteStorage(std::unique_ptr<Database> database) : database_(std::move(database)) {}
SqliteStorage::~SqliteStorage() = default;

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open(const std::string& path,
                                                           const Dialect& dialect) {
  Result<std::unique_ptr<Database>> database = Database::open(path, dialect);
  if (!database) return database.error();
  return std::unique_ptr<SqliteStorage>(new SqliteStorage(*std::move(database)));
}

Result<std::optional<State>> SqliteStorage::load() { return database_->load(); }

Result<LogHistory> SqliteStorage::load_log() { return database_->load_log(); }

Result<void> SqliteStorage::commit(const State& state, const StateChanges& changes,
                                   const LogChanges& log) {
  return database_->commit(state, changes, log);
}

Result<void> SqliteStorage::replace(const State& state) { return database_->replace(state, {}); }

Result<std::map<std::string, State>> SqliteStorage::load_snapshots() {
  return database_->load_snapshots();
}

Result<void> SqliteStorage::save_snapshot(std::string_view name, const State& state) {
  return database_->save_snapshot(name, state);
}

Result<void> SqliteStorage::remove_snapshot(std::string_view name) {
  return database_->remove_snapshot(name);
}

}  // namespace terapi::simulator
