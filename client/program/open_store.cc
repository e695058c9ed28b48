#include "client/program/open_store.h"

#include <utility>

#include "client/storage/sqlite_store.h"
#ifdef TERAPI_HAS_POSTGRES
#include "client/postgres/postgres_store.h"
#endif

namespace terapi::client {
namespace {

using OpenedStore = core::Result<std::unique_ptr<ReadableStore>>;

template <typename T>
OpenedStore as_readable(core::Result<std::unique_ptr<T>> store) {
  if (!store) return std::move(store).error();
  return std::unique_ptr<ReadableStore>(*std::move(store));
}

// "postgres://…" or "postgresql://…".
bool names_postgres(const std::string& database) {
  return database.starts_with("postgres://") || database.starts_with("postgresql://");
}

#ifdef TERAPI_HAS_POSTGRES
OpenedStore open_postgres(const std::string& url, std::size_t connections, bool make_tables) {
  return as_readable(PostgresStore::open(
      url, {.connections = connections, .owner = "", .make_tables = make_tables}));
}
#else
OpenedStore open_postgres(const std::string& /*url*/, std::size_t /*connections*/,
                          bool /*make_tables*/) {
  return core::Error{"bad_usage",
                     "--database: this terapi-sync was built without PostgreSQL; install libpq's "
                     "development files (libpq-dev in Debian) and build it again, or name a SQLite "
                     "file"};
}
#endif

OpenedStore open_sqlite(const std::string& path, SqliteStore::Open how) {
  // A URL of some other database would make a file of a strange name.
  const std::size_t scheme = path.find("://");
  if (scheme != std::string::npos) {
    return core::Error{"bad_usage", "--database: unknown kind '" + path.substr(0, scheme) +
                                        "://'; expected a file such as sync.db, or a "
                                        "postgres:// URL"};
  }
  return as_readable(SqliteStore::open(path, how));
}

}  // namespace

OpenedStore open_store(const std::string& database, std::size_t connections) {
  if (names_postgres(database)) return open_postgres(database, connections, true);
  return open_sqlite(database, SqliteStore::Open::kOrMake);
}

OpenedStore open_store_to_read(const std::string& database) {
  if (names_postgres(database)) return open_postgres(database, 1, false);
  return open_sqlite(database, SqliteStore::Open::kOnlyExisting);
}

}  // namespace terapi::client
