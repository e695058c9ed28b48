// StoreContract: what client/store.h promises, as tests of every store that comes with the library.
//
//   TEST_P(StoreContract, ReplacesAnOlderVersion) { auto store = backend().open(); … }
//
// A store of yours is tested by deriving a StoreBackend and
//
//   INSTANTIATE_TEST_SUITE_P(Mine, StoreContract, testing::Values(StoreKind{"Mine", make_mine}),
//                            store_kind_name);
//
// in a file that is linked with store_contract_*_test.cc.
//
// Thread rule: the main thread.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "client/storage/test_batch.h"
#include "client/store.h"
#include "core/result.h"

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

// One of the stores that the contract is held against.
struct StoreKind {
  std::string name;
  // On a new database; null where this machine has no server for it.
  std::function<std::unique_ptr<StoreBackend>()> make;
};
inline void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }
inline std::string store_kind_name(const testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    backend_ = GetParam().make();
    if (!backend_) GTEST_SKIP() << GetParam().name << " is not installed";
  }
  StoreBackend& backend() { return *backend_; }

 private:
  std::unique_ptr<StoreBackend> backend_;
};

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
