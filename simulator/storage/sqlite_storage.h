// SqliteStorage: State in one SQLite file (--data FILE.db), so that a killed process loses nothing
// that it answered (docs/data-file.md).
//
// Kept: everything in State, the log, and snapshots. Not kept: Stream::superseded, the history that
// the `stale` fault shows; after a restart it begins anew.
//
// The file is written in WAL mode with synchronous=NORMAL: what `commit` returned from survives
// kill -9; after a power cut the last commits may be missing, but never half of one. From `open` to
// destruction the process holds a flock on the file; the kernel lets go of it when the process
// dies, however it dies, so no lock is ever stale. Destruction folds the WAL into the file.
//
// Thread rule: one thread. Not for use on both sides of a fork.
//
//   auto storage = SqliteStorage::open("world.db", terapi_dialect());
//   if (!storage) return storage.error();
//   auto state = (*storage)->load();               // then commit after each event
#pragma once

#include <memory>
#include <string>

#include "simulator/records/dialect.h"
#include "simulator/storage/storage.h"

namespace terapi::simulator {

class SqliteStorage final : public Storage {
 public:
  // Opens the file, or makes it where there is none or an empty one. Before anything is opened for
  // writing the file's first bytes are read; it stays exactly as it was, and nothing is left
  // beside it, when the error is one of
  //   data_foreign    not a database of this simulator
  //   data_too_new    written by a newer version
  //   data_truncated  shorter than it says it is
  //   data_in_use     another simulator, in this process or another, has it; its pid is named
  //   data_dialect    it was written in another dialect
  // Else data_io (a directory, no such folder, not writable, …) or data_corrupt (damaged inside).
  static core::Result<std::unique_ptr<SqliteStorage>> open(const std::string& path,
                                                           const Dialect& dialect);
  ~SqliteStorage() override;

  // Damage, wherever it is found, is "data_corrupt" and says what and where.
  core::Result<std::optional<State>> load() override;
  core::Result<LogHistory> load_log() override;
  // After load or replace, or on a new file, where the first commit stores all of `state`. When it
  // fails ("data_io") the transaction was rolled back, and a later commit starts from what was
  // stored before: whoever goes on after an error should `replace`.
  core::Result<void> commit(const State& state, const StateChanges& changes,
                            const LogChanges& log) override;
  core::Result<void> replace(const State& state) override;

  // Snapshots that were saved from one State share no memory when they come back.
  core::Result<std::map<std::string, State>> load_snapshots() override;
  // Writes all of `state`: costs O(records). Takes the place of an earlier snapshot of that name.
  core::Result<void> save_snapshot(std::string_view name, const State& state) override;
  // No error when there is none of that name.
  core::Result<void> remove_snapshot(std::string_view name) override;

 private:
  class Database;
  explicit SqliteStorage(std::unique_ptr<Database> database);

  std::unique_ptr<Database> database_;
};

}  // namespace terapi::simulator
