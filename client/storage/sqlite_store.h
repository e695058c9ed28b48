// SqliteStore: records and cursors in one SQLite file, the client's own destination.
//
// You may query the file yourself: docs/sync-tables.md describes its tables and has examples.
// It is written in WAL mode with synchronous=NORMAL: a commit survives the death of the process;
// after a power cut the last commits may be missing, records and cursor together. Several
// processes may sync into one file, the same streams included (CLIENT-12).
//
// Thread rule: one call at a time, on any thread.
//
//   auto store = SqliteStore::open("sync.db");
//   if (!store) return store.error();
#pragma once

#include <memory>
#include <string>

#include "client/store.h"

namespace terapi::client {

class SqliteStore final : public ReadableStore {
 public:
  enum class Open : std::uint8_t {
    kOrMake,        // makes the file where there is none
    kOnlyExisting,  // "no_database" where there is none: for reading
  };

  // ":memory:" is a database of its own. Errors, with the file left as it was: "store_foreign"
  // (another program's SQLite file, or not SQLite at all), "store_too_new" (made by a newer
  // version), "store_failed" (cannot be opened).
  static core::Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                         Open how = Open::kOrMake);
  ~SqliteStore() override;

  core::Result<StoredPosition> position(const Stream& stream) override;
  core::Result<Committed> commit(const Batch& batch) override;
  core::Result<void> report(const Stream& stream, const Report& report) override;
  core::Result<std::vector<StreamStatus>> status() override;
  core::Result<StoreNotes> notes() override;
  core::Result<void> read(const Stream& stream,
                          const std::function<bool(const StoredRecord&)>& each) override;

 private:
  class Impl;
  explicit SqliteStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace terapi::client
