// What Store promises about records: versions, tombstones, pruning, streams (CLIENT-8).
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "client/storage/store_contract.h"

namespace terapi::client {
namespace {

TEST_P(StoreContract, ReplacesAnOlderVersion) {
  auto store = backend().open();
  put(*store, {test_record("1", 1)});
  EXPECT_EQ(put(*store, {test_record("1", 2)}).changed, 1U);
  expect_stored(*store, {test_record("1", 2)});
  EXPECT_EQ(must(store->position(kTestStream)).records, 1U);
  EXPECT_EQ(must(store->position(kTestStream)).newest, time_of_version(2));
}

TEST_P(StoreContract, NeverOverwritesANewerVersion) {
  auto store = backend().open();
  put(*store, {test_record("1", 5)});
  EXPECT_EQ(put(*store, {test_record("1", 4)}).changed, 0U);
  EXPECT_EQ(put(*store, {test_record("1", 4).deleted()}).changed, 0U);
  EXPECT_EQ(put(*store, {test_record("1", 4).pruned()}).changed, 0U);
  expect_stored(*store, {test_record("1", 5)});
  put(*store, {test_record("1", 6).deleted()});
  EXPECT_EQ(put(*store, {test_record("1", 5)}).changed, 0U);
  expect_stored(*store, {test_record("1", 6).deleted()});
  EXPECT_EQ(must(store->position(kTestStream)).newest, time_of_version(6));
}

TEST_P(StoreContract, DoesNotCountWhatWasStoredBefore) {
  auto store = backend().open();
  const std::vector<TestRecord> records = {test_record("1", 1), test_record("2", 2).deleted(),
                                           test_record("3", 3).pruned(), test_record("4", 3)};
  EXPECT_EQ(put(*store, records).changed, 4U);
  EXPECT_EQ(put(*store, records).changed, 0U);
  EXPECT_EQ(put(*store, {test_record("1", 1), test_record("5", 9)}).changed, 1U);
  EXPECT_EQ(must(store->position(kTestStream)).records, 5U);
  EXPECT_EQ(must(store->status()).at(0).deleted, 1U);
}

TEST_P(StoreContract, MakesATombstoneThatKeepsThePayload) {
  auto store = backend().open();
  put(*store, {test_record("1", 1)});
  const TestRecord gone = test_record("1", 2).with_payload(R"({"id":"1","last":true})").deleted();
  EXPECT_EQ(put(*store, {gone}).changed, 1U);
  expect_stored(*store, {gone});
  EXPECT_EQ(must(store->position(kTestStream)).records, 1U);
  EXPECT_EQ(must(store->status()).at(0).deleted, 1U);
}

TEST_P(StoreContract, MakesATombstoneForAnUnknownId) {
  auto store = backend().open();
  EXPECT_EQ(put(*store, {test_record("never seen", 1).deleted()}).changed, 1U);
  expect_stored(*store, {test_record("never seen", 1).deleted()});
  EXPECT_EQ(must(store->position(kTestStream)).records, 1U);
  EXPECT_EQ(must(store->status()).at(0).deleted, 1U);
}

TEST_P(StoreContract, BringsADeletedRecordBack) {
  auto store = backend().open();
  put(*store, {test_record("1", 1), test_record("2", 1)});
  put(*store, {test_record("1", 2).deleted(), test_record("2", 2).deleted()});
  EXPECT_EQ(must(store->status()).at(0).deleted, 2U);
  EXPECT_EQ(put(*store, {test_record("1", 3)}).changed, 1U);
  expect_stored(*store, {test_record("2", 2).deleted(), test_record("1", 3)});
  EXPECT_EQ(must(store->status()).at(0).deleted, 1U);
  EXPECT_EQ(must(store->position(kTestStream)).records, 2U);
}

TEST_P(StoreContract, KeepsThePayloadOfAPrunedRecord) {
  auto store = backend().open();
  put(*store, {test_record("same", 1), test_record("newer", 2), test_record("gone", 3)});
  // As pruning does it: the same version and cursor, without the payload (PRUNE-1).
  put(*store, {test_record("same", 1).pruned()});
  // A version that was pruned before it was read.
  EXPECT_EQ(put(*store, {test_record("newer", 4).pruned()}).changed, 1U);
  EXPECT_EQ(put(*store, {test_record("gone", 5).deleted().pruned()}).changed, 1U);
  expect_stored(
      *store,
      {test_record("same", 1).pruned().with_payload(test_record("same", 1).payload),
       test_record("newer", 4).pruned().with_payload(test_record("newer", 2).payload),
       test_record("gone", 5).deleted().pruned().with_payload(test_record("gone", 3).payload)});
  EXPECT_EQ(must(store->status()).at(0).deleted, 1U);
}

TEST_P(StoreContract, StoresAPrunedRecordThatItNeverSaw) {
  auto store = backend().open();
  EXPECT_EQ(put(*store, {test_record("1", 1).pruned()}).changed, 1U);
  expect_stored(*store, {test_record("1", 1).pruned()});
  EXPECT_EQ(put(*store, {test_record("1", 2)}).changed, 1U);
  expect_stored(*store, {test_record("1", 2)});
}

TEST_P(StoreContract, KeepsThePlaceOfARecordThatWasOnlyPruned) {
  auto store = backend().open();
  // Of one save, so of one time: only the order in which they came tells them apart (CUR-5).
  put(*store, {test_record("c", 1), test_record("a", 1), test_record("b", 1)});
  put(*store, {test_record("c", 1).pruned()});
  EXPECT_EQ(read_ids(*store), (std::vector<std::string>{"c", "a", "b"}));
}

TEST_P(StoreContract, AppliesTheRecordsOfABatchInOrder) {
  auto store = backend().open();
  put(*store,
      {test_record("1", 1), test_record("2", 2), test_record("1", 3), test_record("3", 4).deleted(),
       test_record("2", 1), test_record("3", 5), test_record("1", 6).pruned()});
  expect_stored(*store, {test_record("2", 2), test_record("3", 5),
                         test_record("1", 6).pruned().with_payload(test_record("1", 3).payload)});
  EXPECT_EQ(must(store->position(kTestStream)).records, 3U);
  EXPECT_EQ(must(store->status()).at(0).deleted, 0U);
}

TEST_P(StoreContract, KeepsStreamsApart) {
  auto store = backend().open();
  const std::vector<Stream> streams = {
      {"github", "demo", "Issue"},
      {"github", "demo", "Issue", "eu"},
      {"github", "demo", "issue"},
      {"github", "Demo", "Issue"},
      {"gitlab", "demo", "Issue"},
      {"github", "demo", "Issue/eu"},
      {"github/demo", "Issue", "base"},
      {"github", "demo/Issue", "base"},
      {"", "", "", ""},
      {"a'b", "c\"d", "e%f", "東京"},
      {"github ", "demo", "Issue"},
  };
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const int version = static_cast<int>(i) + 1;
    TestBatch batch(streams[i]);
    batch.add(test_record("1", version)).add(test_record("own " + std::to_string(i), 30));
    batch.move(std::nullopt, "cursor of " + std::to_string(i));
    EXPECT_EQ(must(store->commit(batch.get())).changed, 2U);
  }
  must(store->commit(
      TestBatch(streams[1]).add(test_record("1", 40).deleted()).move("cursor of 1", "b").get()));
  for (std::size_t i = 0; i < streams.size(); ++i) {
    SCOPED_TRACE(to_string(streams[i]));
    const TestRecord own = test_record("own " + std::to_string(i), 30);
    const TestRecord shared = test_record("1", static_cast<int>(i) + 1);
    const StoredPosition position = must(store->position(streams[i]));
    EXPECT_EQ(position.records, 2U);
    EXPECT_EQ(position.cursor, i == 1 ? "b" : "cursor of " + std::to_string(i));
    EXPECT_EQ(position.newest, time_of_version(i == 1 ? 40 : 30));
    i == 1 ? expect_stored(*store, {own, test_record("1", 40).deleted()}, streams[i])
           : expect_stored(*store, {shared, own}, streams[i]);
  }
}

}  // namespace
}  // namespace terapi::client
