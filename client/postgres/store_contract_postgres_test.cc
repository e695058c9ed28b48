// PostgreSQL keeps Store's contract, too.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "client/postgres/postgres_store.h"
#include "client/postgres/test_postgres.h"
#include "client/storage/store_contract.h"

namespace terapi::client {
namespace {

class PostgresBackend final : public StoreBackend {
 public:
  PostgresBackend() : url_(TestPostgres::instance().new_schema()) {}
  std::unique_ptr<ReadableStore> open() override { return must(PostgresStore::open(url_, {})); }
  void refuse(const std::string& id) override {
    TestPostgres::run(url_, "ALTER TABLE records ADD CHECK (id <> '" + id + "')");
  }

 private:
  std::string url_;
};

std::unique_ptr<StoreBackend> postgres_backend() {
  if (!TestPostgres::installed()) return nullptr;
  return std::make_unique<PostgresBackend>();
}

INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract,
                         testing::Values(StoreKind{"PostgreSQL", postgres_backend}),
                         store_kind_name);

}  // namespace
}  // namespace terapi::client
