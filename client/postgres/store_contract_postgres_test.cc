// PostgreSQL keeps Store's contract, too; and behind a pooler that gives each transaction another
// session (pgbouncer, pool_mode = transaction).
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "client/postgres/postgres_store.h"
#include "client/postgres/test_postgres.h"
#include "client/storage/store_contract.h"

namespace terapi::client {
namespace {

class PostgresBackend final : public StoreBackend {
 public:
  explicit PostgresBackend(std::string url) : url_(std::move(url)) {}
  std::unique_ptr<ReadableStore> open() override { return must(PostgresStore::open(url_, {})); }
  void refuse(const std::string& id) override {
    TestPostgres::run(url_, "ALTER TABLE records ADD CHECK (id <> '" + id + "')");
  }

 private:
  std::string url_;
};

std::unique_ptr<StoreBackend> postgres_backend() {
  if (!TestPostgres::installed()) return nullptr;
  return std::make_unique<PostgresBackend>(TestPostgres::instance().new_schema());
}

// A database of its own: a pooler takes no `options` in a URL, and so no schema.
std::unique_ptr<StoreBackend> pooled_backend() {
  if (!TestPostgres::installed() || !TestPostgres::has_pooler()) return nullptr;
  TestPostgres& server = TestPostgres::instance();
  return std::make_unique<PostgresBackend>(server.pooled(server.new_database("UTF8")));
}

INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract,
                         testing::Values(StoreKind{"PostgreSQL", postgres_backend},
                                         StoreKind{"pgbouncer", pooled_backend}),
                         store_kind_name);

}  // namespace
}  // namespace terapi::client
