#include "client/storage/sqlite_schema.h"

#include <cstdint>

namespace terapi::client {
namespace {

// "TSyn", in the file's header, where file(1) and others find it too.
constexpr std::int64_t kApplicationId = 0x5453796E;
constexpr std::int64_t kVersion = 1;

constexpr const char* kTables = R"(
CREATE TABLE records (
  seq              INTEGER PRIMARY KEY,  -- the order in which records were stored: cursor order
  integration      TEXT NOT NULL,
  connection       TEXT NOT NULL,
  model            TEXT NOT NULL,
  variant          TEXT NOT NULL,
  id               TEXT NOT NULL,
  payload          TEXT NOT NULL,        -- JSON, as it was served, without the metadata
  deleted          INTEGER NOT NULL,     -- 1: a tombstone, with the payload served
  last_action      TEXT NOT NULL,        -- ADDED, UPDATED, DELETED
  first_seen_at    TEXT,
  last_modified_at TEXT NOT NULL,
  deleted_at       TEXT,
  pruned_at        TEXT,
  cursor           TEXT NOT NULL,
  modified_us      INTEGER NOT NULL      -- last_modified_at in microseconds since 1970
);
CREATE TABLE cursors (
  stream        INTEGER PRIMARY KEY,
  integration   TEXT NOT NULL,
  connection    TEXT NOT NULL,
  model         TEXT NOT NULL,
  variant       TEXT NOT NULL,
  cursor        TEXT,                    -- of the last record stored
  newest_us     INTEGER,                 -- the newest modified_us
  records       INTEGER NOT NULL DEFAULT 0,
  deleted       INTEGER NOT NULL DEFAULT 0,
  health        TEXT NOT NULL DEFAULT '',
  error_code    TEXT NOT NULL DEFAULT '',
  error         TEXT NOT NULL DEFAULT '',
  error_record  TEXT NOT NULL DEFAULT '',
  moved_at      TEXT,
  up_to_date_at TEXT,
  UNIQUE (integration, connection, model, variant)
);
CREATE TABLE record_ids (
  stream INTEGER NOT NULL,
  id     TEXT NOT NULL,
  seq    INTEGER NOT NULL,
  PRIMARY KEY (stream, id)
) WITHOUT ROWID;
CREATE TABLE sync_meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO sync_meta (name, value) VALUES ('indexed_seq', 0);
)";

core::Error foreign(const std::string& path, const std::string& what) {
  return {"store_foreign",
          "'" + path + "' is " + what + "; expected a database of terapi-sync, or a new file"};
}

// In use for longer than SQLite waits, or not to be read, is not the same as being no database.
core::Error unreadable(const core::Error& error, const std::string& path) {
  return error.code == "data_corrupt" ? foreign(path, "not a SQLite database") : error;
}

core::Result<void> make_tables(core::SqliteConnection& connection) {
  const std::string pragmas = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                              "; PRAGMA user_version = " + std::to_string(kVersion) + ";";
  const std::string index =
      "CREATE INDEX records_with_nul ON records (integration, connection, model, variant) WHERE " +
      std::string(kHoldsNul) + ";";
  if (auto made = connection.run(kTables + index + pragmas); !made) return made;
  return connection.run("COMMIT");
}

}  // namespace

core::Result<void> prepare_schema(core::SqliteConnection& connection, const std::string& path) {
  // One process makes the tables, another that comes at the same time finds them made.
  auto made = [&]() -> core::Result<void> {
    // In this order: another process may make the tables just now, and sets both at once.
    auto tables = connection.integer("SELECT count(*) FROM sqlite_schema");
    if (!tables) return unreadable(tables.error(), path);
    auto application = connection.integer("PRAGMA application_id");
    if (!application) return unreadable(application.error(), path);
    if (*application == kApplicationId) return {};
    if (*application != 0 || *tables != 0) return foreign(path, "a database of another program");
    if (auto begun = connection.run("BEGIN IMMEDIATE"); !begun) return begun;
    tables = connection.integer("SELECT count(*) FROM sqlite_schema");
    if (tables && *tables != 0) return connection.run("ROLLBACK");
    if (auto done = make_tables(connection); !done) {
      (void)connection.run("ROLLBACK");
      return done;
    }
    return {};
  }();
  if (!made) return made;
  auto version = connection.integer("PRAGMA user_version");
  if (!version) return version.error();
  if (*version > kVersion) {
    return core::Error{"store_too_new", "'" + path + "' was made by a newer terapi-sync (format " +
                                            std::to_string(*version) + "); this one reads up to " +
                                            std::to_string(kVersion)};
  }
  return {};
}

}  // namespace terapi::client
