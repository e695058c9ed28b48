// SyncDatabase: the records of a database that terapi-sync filled (docs/sync-tables.md), with their
// cursors, times and deletions as they were served: a copy of production to develop against.
//
//   auto database = SyncDatabase::open("sync.db", terapi_dialect());
//   while (auto record = (*database)->next(); record && *record) …
//
// Thread rule: one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "core/sqlite/sqlite_connection.h"
#include "simulator/records/dialect.h"
#include "simulator/records/record.h"
#include "simulator/records/stream_key.h"

namespace terapi::simulator {

class SyncDatabase {
 public:
  // Only reads; terapi-sync may write to it meanwhile. Codes "no_file", "bad_file".
  static core::Result<std::unique_ptr<SyncDatabase>> open(const std::string& path,
                                                          const Dialect& dialect);

  // One version; `fields` look into the two texts.
  struct Loaded {
    StreamKey stream;
    std::string id;
    std::string payload;
    RecordFields fields;
  };
  // The next record, stream by stream, in cursor order; nothing at the end. What it gives lives
  // until the next call. Code "bad_record" says which one, and what is wrong with it.
  core::Result<const Loaded*> next();

 private:
  SyncDatabase(core::SqliteConnection connection, core::SqliteStatement select, std::string path,
               const Dialect& dialect);
  core::Result<void> read_row();
  core::Error wrong(const std::string& what) const;

  core::SqliteConnection connection_;
  core::SqliteStatement select_;
  std::string path_;
  const Dialect& dialect_;
  Loaded loaded_;
};

}  // namespace terapi::simulator
