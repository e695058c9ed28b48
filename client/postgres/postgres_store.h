// PostgresStore: a Store in a PostgreSQL database, or in a distributed one that speaks its
// protocol. The tables, for users who query them, are described in
// client/postgres/postgres_schema.h; they are made when they are missing.
//
//   auto store = PostgresStore::open("postgresql://app:secret@db.example/app");
//   if (!store) return store.error();  // never shows the password
//   auto position = (*store)->position({"github", "demo", "Issue"});
//
// commit() is one transaction (CLIENT-2) that locks the stream's row in `cursors`, so that any
// number of workers may share a database (CLIENT-12). It does not wait for the disk or a standby:
// after a crash or a failover the last commits may be missing, records and cursor together, and
// are fetched again. report() waits, and so what was stored before kUpToDate lasts. The claim of a
// worker that has died ends by the database's clock.
//
// Errors: those of Store. A lost connection is reopened, at once when nothing was committed over it
// yet, otherwise by the next call. open() has three codes more: "bad_store_url", "store_foreign"
// for a database whose tables of these names are not ours, and "store_too_new".
//
// Thread rule: any number of threads, one call at a time for each stream; a call waits while all
// connections are in use. The callback of read() must not call the store.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/store.h"

namespace terapi::client {

class PostgresConnection;
class PostgresKnownIds;
class PostgresPool;
class PostgresUrl;

struct PostgresOptions {
  std::size_t connections = 4;
  std::string owner{};      // of the claims; empty: a random name
  bool make_tables = true;  // false: "no_database" where they are missing, for reading
};

class PostgresStore final : public ReadableStore {
 public:
  static core::Result<std::unique_ptr<PostgresStore>> open(const std::string& url,
                                                           PostgresOptions options = {});
  ~PostgresStore() override;

  core::Result<StoredPosition> position(const Stream& stream) override;
  core::Result<Committed> commit(const Batch& batch) override;
  core::Result<void> report(const Stream& stream, const Report& report) override;
  core::Result<bool> claim(const Stream& stream, core::Duration span) override;
  core::Result<void> release(const Stream& stream) override;
  core::Result<std::vector<StreamStatus>> status() override;
  core::Result<StoreNotes> notes() override;
  core::Result<void> read(const Stream& stream,
                          const std::function<bool(const StoredRecord&)>& each) override;
  std::size_t calls_at_once() const override;

 private:
  PostgresStore(PostgresUrl url, PostgresOptions options);

  // Runs `work` with a connection, again where that may help; errors become those of Store.
  template <typename T>
  core::Result<T> attempt(const std::string& what,
                          const std::function<core::Result<T>(PostgresConnection&)>& work);
  core::Result<Committed> commit_once(PostgresConnection& connection, const Batch& batch) const;
  core::Error name_culprit(const Batch& batch, const core::Error& error);

  core::Error without_copy(const Stream& stream, const core::Error& error);
  core::Result<void> find_settings();

  const std::unique_ptr<PostgresPool> pool_;
  const std::unique_ptr<PostgresKnownIds> known_ids_;
  const std::string owner_;
  std::string payload_type_;    // of the column, as PostgresSchema says
  bool page_settings_ = false;  // whether the server knows that of commits
};

}  // namespace terapi::client
