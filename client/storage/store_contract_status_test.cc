// What Store and ReadableStore promise beside commits: reading back, reports, status, claims.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/storage/store_contract.h"

namespace terapi::client {
namespace {

using std::chrono::hours;

TEST_P(StoreContract, ReadsInCursorOrder) {
  auto store = backend().open();
  put(*store, {test_record("A", 1), test_record("B", 2), test_record("C", 3)});
  EXPECT_EQ(read_ids(*store), (std::vector<std::string>{"A", "B", "C"}));
  put(*store, {test_record("A", 4)});
  put(*store, {test_record("B", 5).deleted()});
  EXPECT_EQ(read_ids(*store), (std::vector<std::string>{"C", "A", "B"}));
}

TEST_P(StoreContract, ReadsWhatCameLateAtItsPlace) {
  auto store = backend().open();
  put(*store, {test_record("A", 1), test_record("C", 9)});
  put(*store, {test_record("B", 5)});
  EXPECT_EQ(read_ids(*store), (std::vector<std::string>{"A", "B", "C"}));
}

TEST_P(StoreContract, ReadsTiesInTheOrderServed) {
  auto store = backend().open();
  std::vector<TestRecord> records;
  std::vector<std::string> ids;
  for (int i = 0; i < 300; ++i) {
    ids.push_back(std::to_string(i * 7919 % 300));
    records.push_back(test_record(ids.back(), 1));
  }
  const auto half = records.begin() + 150;
  put(*store, {records.begin(), half});
  put(*store, {half, records.end()});
  EXPECT_EQ(read_ids(*store), ids);
  put(*store, {records.begin() + 100, records.begin() + 200});  // an overlap window
  EXPECT_EQ(read_ids(*store), ids);
}

TEST_P(StoreContract, StopsReadingWhenTold) {
  auto store = backend().open();
  std::vector<TestRecord> records;
  for (int i = 0; i < 100; ++i) records.push_back(test_record(std::to_string(i), i + 1));
  put(*store, records);
  int seen = 0;
  must(store->read(kTestStream, [&](const StoredRecord&) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
  EXPECT_EQ(read_ids(*store).size(), 100U);
  EXPECT_EQ(put(*store, {test_record("more", 200)}).changed, 1U);
}

TEST_P(StoreContract, KeepsEverythingWhenOpenedAgain) {
  const std::vector<TestRecord> records = {test_record("1", 1), test_record("2", 2).deleted(),
                                           test_record("3", 3).pruned()};
  TestBatch batch(kTestStream);
  for (const TestRecord& record : records) batch.add(record);
  batch.move(std::nullopt, "here").at(time_of_version(77));
  must(backend().open()->commit(batch.get()));
  auto store = backend().open();
  expect_stored(*store, records);
  EXPECT_EQ(put(*store, records).changed, 0U);
  const std::vector<StreamStatus> all = must(store->status());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].position.cursor, "here");
  EXPECT_EQ(all[0].position.newest, time_of_version(3));
  EXPECT_EQ(all[0].position.records, 3U);
  EXPECT_EQ(all[0].deleted, 1U);
  EXPECT_EQ(all[0].moved_at, time_of_version(77));
  put(*store, {test_record("4", 4), test_record("1", 5)});
  EXPECT_EQ(read_ids(*store), (std::vector<std::string>{"2", "3", "4", "1"}));
}

TEST_P(StoreContract, ListsStreamsInOrder) {
  auto store = backend().open();
  const std::vector<Stream> sorted = {
      {"Z", "demo", "Issue"}, {"a", "A", "b"},   {"a", "a", "B"},   {"a", "a", "b", "base"},
      {"a", "a", "b", "eu"},  {"a-b", "a", "b"}, {"a_b", "a", "b"}, {"ab", "a", "b"}};
  for (const std::size_t i : {3U, 0U, 7U, 5U, 1U, 6U, 2U, 4U}) {
    put(*store, {test_record("1", 1)}, sorted[i]);
  }
  std::vector<Stream> found;
  for (const StreamStatus& status : must(store->status())) found.push_back(status.stream);
  EXPECT_EQ(found, sorted);
}

StreamStatus only_status(ReadableStore& store) {
  const std::vector<StreamStatus> all = must(store.status());
  EXPECT_EQ(all.size(), 1U);
  return all.at(0);
}

TEST_P(StoreContract, RemembersWhenTheCursorMoved) {
  auto store = backend().open();
  put(*store, {test_record("1", 1)});
  EXPECT_EQ(only_status(*store).moved_at, std::nullopt);
  EXPECT_EQ(only_status(*store).health, "");
  must(store->commit(TestBatch(kTestStream).move({}, "a").at(time_of_version(123456)).get()));
  EXPECT_EQ(only_status(*store).moved_at, time_of_version(123456));
  must(store->commit(TestBatch(kTestStream).add(test_record("2", 2)).at(kTestEpoch).get()));
  must(store->commit(TestBatch(kTestStream).move("x", "b").at(kTestEpoch).get()));  // a conflict
  EXPECT_EQ(only_status(*store).moved_at, time_of_version(123456));
}

TEST_P(StoreContract, RemembersTheLastReport) {
  auto store = backend().open();
  put(*store, {test_record("1", 1)});
  must(store->report(kTestStream, {Health::kUpToDate, {}, "", kTestEpoch + hours(1)}));
  EXPECT_EQ(only_status(*store).health, "up_to_date");
  EXPECT_EQ(only_status(*store).up_to_date_at, kTestEpoch + hours(1));

  const core::Error error{"cannot_store_record", "record \"it's\":\n 100% 東京 \\"};
  must(store->report(kTestStream, {Health::kStopped, error, "it's", kTestEpoch + hours(2)}));
  const StreamStatus stopped = only_status(*backend().open());
  EXPECT_EQ(stopped.health, "stopped");
  EXPECT_EQ(stopped.error, error);
  EXPECT_EQ(stopped.record, "it's");
  EXPECT_EQ(stopped.up_to_date_at, kTestEpoch + hours(1));
  EXPECT_EQ(stopped.position.records, 1U);

  must(store->report(kTestStream, {Health::kRetrying, {"timeout", "slow"}, "", kTestEpoch}));
  EXPECT_EQ(only_status(*store).health, "retrying");
  EXPECT_EQ(only_status(*store).error, (core::Error{"timeout", "slow"}));
  EXPECT_EQ(only_status(*store).record, "");
  must(store->report(kTestStream, {Health::kSyncing, {}, "", kTestEpoch}));
  EXPECT_EQ(only_status(*store).error, core::Error{});
}

TEST_P(StoreContract, TakesAReportOnAStreamWithoutRecords) {
  auto store = backend().open();
  must(store->report(kTestStream, {Health::kRetrying, {"refused", "no server"}, "", kTestEpoch}));
  EXPECT_EQ(only_status(*store).stream, kTestStream);
  EXPECT_EQ(only_status(*store).position.cursor, std::nullopt);
  must(store->commit(TestBatch(kTestStream).move(std::nullopt, "a").get()));
  EXPECT_EQ(only_status(*store).position.cursor, "a");
  EXPECT_EQ(only_status(*store).health, "retrying");
}

TEST_P(StoreContract, CountsThePayloadsThatHoldNul) {
  auto store = backend().open();
  put(*store, {test_record("1", 1).with_payload(R"({"a":"x\u0000y"})"),
               test_record("2", 2).with_payload(R"({"a":"\\\u0000"})"),
               test_record("3", 3).with_payload(R"({"a":"\\u0000"})"),  // a backslash, and u0000
               test_record("4", 4).with_payload(R"({"a":"\n\u00001"})"),
               test_record("5", 5).with_payload(R"({"a":"\u0001"})")});
  EXPECT_EQ(must(store->notes()).with_nul, (std::map<Stream, std::uint64_t>{{kTestStream, 3}}));
  put(*store, {test_record("1", 6).with_payload(R"({"a":"xy"})")});
  EXPECT_EQ(must(store->notes()).with_nul, (std::map<Stream, std::uint64_t>{{kTestStream, 2}}));
  EXPECT_EQ(must(store->notes()).busy, "");
}

TEST_P(StoreContract, LetsOneWorkerClaimReleaseAndClaim) {
  auto store = backend().open();
  EXPECT_TRUE(must(store->claim(kTestStream, hours(1))));
  EXPECT_TRUE(must(store->claim(kTestStream, hours(2))));
  EXPECT_TRUE(must(store->claim({"github", "demo", "Other"}, hours(1))));
  must(store->release(kTestStream));
  must(store->release(kTestStream));
  must(store->release({"github", "demo", "Never"}));
  EXPECT_TRUE(must(store->claim(kTestStream, hours(1))));
  EXPECT_EQ(must(store->position(kTestStream)).cursor, std::nullopt);
  EXPECT_TRUE(must(store->status()).empty());  // a claim is not a sync
  must(store->commit(TestBatch(kTestStream).add(test_record("1", 1)).move({}, "a").get()));
  EXPECT_EQ(must(store->position(kTestStream)).cursor, "a");
}

}  // namespace
}  // namespace terapi::client
