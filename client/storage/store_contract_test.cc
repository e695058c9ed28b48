// The stores that the contract is held against everywhere: SQLite and memory.
#include "client/storage/store_contract.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "client/storage/memory_store.h"
#include "client/storage/sqlite_store.h"
#include "core/sqlite/sqlite_connection.h"
#include "core/temporary_folder.h"

namespace terapi::client {
namespace {

class SqliteBackend final : public StoreBackend {
 public:
  std::unique_ptr<ReadableStore> open() override { return must(SqliteStore::open(file())); }
  void refuse(const std::string& id) override {
    auto connection = must(core::SqliteConnection::open(file(), file()));
    must(connection.run("CREATE TRIGGER refuse BEFORE INSERT ON records WHEN NEW.id = '" + id +
                        "' BEGIN SELECT RAISE(ABORT, 'refused'); END"));
  }

 private:
  std::string file() const { return folder_.file("sync.db"); }
  core::TemporaryFolder folder_;
};

class MemoryBackend final : public StoreBackend {
 public:
  std::unique_ptr<ReadableStore> open() override { return database_.sibling(); }
  void refuse(const std::string& id) override { database_.refuse(id); }

 private:
  MemoryStore database_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(StoreKind{
                             "Sqlite", [] { return std::make_unique<SqliteBackend>(); }}),
                         store_kind_name);
INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         testing::Values(StoreKind{
                             "Memory", [] { return std::make_unique<MemoryBackend>(); }}),
                         store_kind_name);

}  // namespace
}  // namespace terapi::client
