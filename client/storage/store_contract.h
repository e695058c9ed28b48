// StoreContract: what client/store.h promises, as cases that run against every store that comes
// with the library. A file of cases ends with
//
//   STORE_CONTRACT(Record, kRecordCases)
//
// which makes a test of each case for SQLite and one for memory. For PostgreSQL, one test runs all
// files' cases (client/postgres/store_contract_postgres_test.cc), because each test is a process of
// its own and would start a server of its own. A store of yours is tested by deriving a
// StoreBackend and running all_store_cases().
//
// Thread rule: the main thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "client/storage/memory_store.h"
#include "client/storage/sqlite_store.h"
#include "client/storage/test_batch.h"
#include "client/store.h"
#include "core/sqlite/sqlite_connection.h"
#include "core/temporary_folder.h"

namespace terapi::client {

// The value, or an exception that fails the test with the error.
template <typename T>
T must(core::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().code + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// A database that is empty at first and gone in the end.
class StoreBackend {
 public:
  virtual ~StoreBackend() = default;
  // Another store on the same database.
  virtual std::unique_ptr<ReadableStore> open() = 0;
  // From now on the database takes no record of this id.
  virtual void refuse(const std::string& id) = 0;
};

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

struct StoreCase {
  std::string name;
  void (*run)(StoreBackend& backend);
};
inline void PrintTo(const StoreCase& store_case, std::ostream* out) { *out << store_case.name; }

class StoreCaseTest : public testing::TestWithParam<StoreCase> {};

inline std::string store_case_name(const testing::TestParamInfo<StoreCase>& info) {
  return info.param.name;
}

// The cases of every file.
inline std::vector<StoreCase>& all_store_cases() {
  static std::vector<StoreCase> all;
  return all;
}
inline bool add_store_cases(const std::vector<StoreCase>& cases) {
  all_store_cases().insert(all_store_cases().end(), cases.begin(), cases.end());
  return true;
}

#define STORE_CONTRACT(name, cases)                                                 \
  const bool k##name##CasesAdded = add_store_cases(cases);                          \
  class Sqlite##name##Contract : public StoreCaseTest {};                           \
  TEST_P(Sqlite##name##Contract, Holds) {                                           \
    ASSERT_TRUE(k##name##CasesAdded);                                               \
    SqliteBackend backend;                                                          \
    GetParam().run(backend);                                                        \
  }                                                                                 \
  INSTANTIATE_TEST_SUITE_P(Store, Sqlite##name##Contract, testing::ValuesIn(cases), \
                           store_case_name);                                        \
  class Memory##name##Contract : public StoreCaseTest {};                           \
  TEST_P(Memory##name##Contract, Holds) {                                           \
    MemoryBackend backend;                                                          \
    GetParam().run(backend);                                                        \
  }                                                                                 \
  INSTANTIATE_TEST_SUITE_P(Store, Memory##name##Contract, testing::ValuesIn(cases), \
                           store_case_name);

// What most cases are about.
inline const Stream kTestStream{"github", "demo", "Issue"};

// Everything stored for a stream, in the order in which the store gives it.
inline std::vector<StoredRecord> read_all(ReadableStore& store,
                                          const Stream& stream = kTestStream) {
  std::vector<StoredRecord> all;
  must(store.read(stream, [&](const StoredRecord& record) {
    all.push_back(record);
    return true;
  }));
  return all;
}

inline std::vector<std::string> read_ids(ReadableStore& store, const Stream& stream = kTestStream) {
  std::vector<std::string> ids;
  for (const StoredRecord& record : read_all(store, stream)) ids.push_back(record.id);
  return ids;
}

// Stores records without moving the cursor.
inline Committed put(Store& store, const std::vector<TestRecord>& records,
                     const Stream& stream = kTestStream) {
  TestBatch batch(stream);
  for (const TestRecord& record : records) batch.add(record);
  return must(store.commit(batch.get()));
}

inline void expect_same(const StoredRecord& found, const StoredRecord& expected) {
  EXPECT_EQ(found.stream, expected.stream);
  EXPECT_EQ(found.id, expected.id);
  EXPECT_EQ(found.payload, expected.payload) << found.id;
  EXPECT_EQ(found.deleted, expected.deleted) << found.id;
  EXPECT_EQ(found.last_action, expected.last_action) << found.id;
  EXPECT_EQ(found.first_seen_at, expected.first_seen_at) << found.id;
  EXPECT_EQ(found.last_modified_at, expected.last_modified_at) << found.id;
  EXPECT_EQ(found.deleted_at, expected.deleted_at) << found.id;
  EXPECT_EQ(found.pruned_at, expected.pruned_at) << found.id;
  EXPECT_EQ(found.cursor, expected.cursor) << found.id;
}

// That exactly these are stored, in this order.
inline void expect_stored(ReadableStore& store, const std::vector<TestRecord>& records,
                          const Stream& stream = kTestStream) {
  const std::vector<StoredRecord> found = read_all(store, stream);
  ASSERT_EQ(found.size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    expect_same(found[i], stored(stream, records[i]));
  }
}

}  // namespace terapi::client
