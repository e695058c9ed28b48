// What Store promises about the cursor, and about all or nothing (CLIENT-2, CLIENT-12).
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "client/storage/store_contract.h"

namespace terapi::client {
namespace {

TEST_P(StoreContract, HasNoPositionForAnUnknownStream) {
  auto store = backend().open();
  const StoredPosition position = must(store->position(kTestStream));
  EXPECT_EQ(position.cursor, std::nullopt);
  EXPECT_EQ(position.newest, std::nullopt);
  EXPECT_EQ(position.records, 0U);
  EXPECT_TRUE(read_ids(*store).empty());
  EXPECT_TRUE(must(store->status()).empty());
}

TEST_P(StoreContract, StoresRecordsAndMovesTheCursor) {
  auto store = backend().open();
  TestBatch batch(kTestStream);
  batch.add(test_record("1", 3)).add(test_record("2", 7)).move(std::nullopt, "here");
  const Committed committed = must(store->commit(batch.get()));
  EXPECT_FALSE(committed.conflict);
  EXPECT_EQ(committed.changed, 2U);
  const StoredPosition position = must(store->position(kTestStream));
  EXPECT_EQ(position.cursor, "here");
  EXPECT_EQ(position.newest, time_of_version(7));
  EXPECT_EQ(position.records, 2U);
  expect_stored(*store, {batch.records()[0], batch.records()[1]});
}

TEST_P(StoreContract, MovesTheCursorWithAnEmptyBatch) {
  auto store = backend().open();
  EXPECT_FALSE(must(store->commit(TestBatch(kTestStream).move(std::nullopt, "a").get())).conflict);
  EXPECT_FALSE(must(store->commit(TestBatch(kTestStream).move("a", "b").get())).conflict);
  EXPECT_EQ(must(store->position(kTestStream)).cursor, "b");
  EXPECT_EQ(must(store->position(kTestStream)).newest, std::nullopt);
}

TEST_P(StoreContract, LeavesTheCursorWithoutAMove) {
  auto store = backend().open();
  put(*store, {test_record("1", 1)});
  EXPECT_EQ(must(store->position(kTestStream)).cursor, std::nullopt);
  must(store->commit(TestBatch(kTestStream).move(std::nullopt, "here").get()));
  EXPECT_EQ(put(*store, {test_record("2", 2)}).changed, 1U);
  EXPECT_EQ(must(store->position(kTestStream)).cursor, "here");
  EXPECT_EQ(must(store->position(kTestStream)).records, 2U);
}

TEST_P(StoreContract, StoresNothingWhenTheLastRecordIsRefused) {
  auto store = backend().open();
  must(store->commit(TestBatch(kTestStream).add(test_record("1", 1)).move({}, "before").get()));
  backend().refuse("bad");
  TestBatch batch(kTestStream);
  batch.add(test_record("1", 2)).add(test_record("new", 3)).add(test_record("bad", 4));
  const auto failed = store->commit(batch.move("before", "after").get());
  ASSERT_FALSE(failed.has_value());
  EXPECT_FALSE(failed.error().message.empty());
  const StoredPosition position = must(store->position(kTestStream));
  EXPECT_EQ(position.cursor, "before");
  EXPECT_EQ(position.newest, time_of_version(1));
  EXPECT_EQ(position.records, 1U);
  expect_stored(*store, {test_record("1", 1)});

  // And the failure is over with it: the same store goes on.
  TestBatch good(kTestStream);
  good.add(test_record("1", 2)).add(test_record("new", 3)).move("before", "after");
  EXPECT_EQ(must(store->commit(good.get())).changed, 2U);
  expect_stored(*store, {test_record("1", 2), test_record("new", 3)});
  EXPECT_EQ(must(store->position(kTestStream)).records, 2U);
}

TEST_P(StoreContract, LeavesNoStreamBehindWhenItsFirstBatchIsRefused) {
  auto store = backend().open();
  backend().refuse("bad");
  TestBatch batch(kTestStream);
  EXPECT_FALSE(store->commit(batch.add(test_record("bad", 1)).move({}, "a").get()).has_value());
  EXPECT_TRUE(must(store->status()).empty());
}

// The batch stores nothing, and says so.
void expect_conflict(ReadableStore& store, std::optional<std::string> from) {
  const std::vector<StoredRecord> before = read_all(store);
  const StoredPosition position = must(store.position(kTestStream));
  TestBatch batch(kTestStream);
  batch.add(test_record("1", 50)).add(test_record("9", 51)).move(std::move(from), "elsewhere");
  const Committed committed = must(store.commit(batch.get()));
  EXPECT_TRUE(committed.conflict);
  EXPECT_EQ(committed.changed, 0U);
  EXPECT_EQ(must(store.position(kTestStream)).cursor, position.cursor);
  EXPECT_EQ(must(store.position(kTestStream)).newest, position.newest);
  const std::vector<StoredRecord> after = read_all(store);
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) expect_same(after[i], before[i]);
}

TEST_P(StoreContract, ConflictsWhenTheFetchBeganElsewhere) {
  auto store = backend().open();
  expect_conflict(*store, "somewhere");  // while there is none
  must(store->commit(TestBatch(kTestStream).add(test_record("1", 1)).move({}, "a").get()));
  expect_conflict(*store, std::nullopt);
  expect_conflict(*store, "");
  expect_conflict(*store, "A");
  expect_conflict(*store, "elsewhere");  // where it would go is not where it is
  must(store->commit(TestBatch(kTestStream).move("a", "b").get()));
  expect_conflict(*store, "a");
}

TEST_P(StoreContract, ConflictsBetweenTwoStores) {
  auto one = backend().open();
  auto two = backend().open();
  EXPECT_EQ(must(two->position(kTestStream)).cursor, std::nullopt);
  TestBatch first(kTestStream);
  first.add(test_record("1", 1)).move(std::nullopt, "a");
  EXPECT_FALSE(must(one->commit(first.get())).conflict);
  expect_conflict(*two, std::nullopt);
  EXPECT_EQ(must(two->position(kTestStream)).cursor, "a");
  TestBatch second(kTestStream);
  second.add(test_record("1", 2)).add(test_record("2", 3)).move("a", "b");
  EXPECT_EQ(must(two->commit(second.get())).changed, 2U);
  expect_conflict(*one, "a");
  EXPECT_EQ(put(*one, {test_record("3", 4)}).changed, 1U);
  EXPECT_EQ(must(one->position(kTestStream)).records, 3U);
  EXPECT_EQ(read_ids(*two), (std::vector<std::string>{"1", "2", "3"}));
}

TEST_P(StoreContract, KeepsCursorsByteForByte) {
  auto store = backend().open();
  std::optional<std::string> at;
  for (const std::string cursor : {"null", "a'b\"c\\", "%00 %s $1 ?1", "Zürich 東京", "{}", ""}) {
    EXPECT_FALSE(must(store->commit(TestBatch(kTestStream).move(at, cursor).get())).conflict);
    EXPECT_EQ(must(store->position(kTestStream)).cursor, cursor);
    at = cursor;
  }
}

}  // namespace
}  // namespace terapi::client
