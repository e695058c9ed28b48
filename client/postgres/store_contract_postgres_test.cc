// Store's whole contract against PostgreSQL.
#include <gtest/gtest.h>

#include <exception>

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

TEST(PostgresContract, HoldsInEveryCase) {
  if (!TestPostgres::installed()) GTEST_SKIP() << "PostgreSQL is not installed";
  ASSERT_FALSE(all_store_cases().empty());
  for (const StoreCase& store_case : all_store_cases()) {
    SCOPED_TRACE(store_case.name);
    try {
      PostgresBackend backend;
      store_case.run(backend);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

}  // namespace
}  // namespace terapi::client
