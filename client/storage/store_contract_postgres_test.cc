// Store's whole contract against PostgreSQL.
#include <gtest/gtest.h>

#include <exception>

#include "client/storage/store_contract.h"
#include "client/storage/test_postgres.h"

namespace terapi::client {
namespace {

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
