// For tests of stores: records and batches that own their texts.
//
//   TestBatch batch({"github", "demo", "Issue"});
//   batch.add(test_record("14", 1)).add(test_record("15", 2).deleted()).move(std::nullopt, "c2");
//   store.commit(batch.get());
//
// A record of version n was modified n microseconds after kTestEpoch, and has a cursor of its own.
#pragma once

#include <chrono>
#include <cstdio>
#include <ctime>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/record.h"
#include "client/store.h"
#include "client/stream.h"

namespace terapi::client {

// 2024-01-01T00:00:00Z.
inline constexpr core::Time kTestEpoch{std::chrono::seconds(1704067200)};

inline core::Time time_of_version(int version) { return kTestEpoch + core::Duration(version); }

// As the API serves it (META-2).
inline std::string served_time(core::Time time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = whole.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  char text[64];
  std::snprintf(text, sizeof text, "%s.%06d+00:00", date, static_cast<int>((time - whole).count()));
  return text;
}

struct TestRecord {
  std::string id;
  std::string payload;
  std::string cursor;
  Action action = Action::kAdded;
  bool is_deleted = false;
  std::string first_seen_at;
  std::string last_modified_at;
  std::string deleted_at;
  std::string pruned_at;
  core::Time modified{};

  TestRecord& with_payload(std::string text) {
    payload = std::move(text);
    return *this;
  }
  TestRecord& deleted() {
    action = Action::kDeleted;
    is_deleted = true;
    deleted_at = last_modified_at;
    return *this;
  }
  // As the server serves it then: with an empty payload.
  TestRecord& pruned() {
    payload = R"({"id":")" + id + R"("})";
    pruned_at = served_time(modified + std::chrono::hours(1));
    return *this;
  }
  Record view() const {
    return {id,         payload,   cursor,  action, is_deleted, first_seen_at, last_modified_at,
            deleted_at, pruned_at, modified};
  }
};

inline TestRecord test_record(std::string id, int version) {
  TestRecord record;
  record.payload = R"({"id":")" + id + R"(","version":)" + std::to_string(version) + "}";
  record.cursor = "cursor-" + std::to_string(version) + "-" + id;
  record.action = version == 1 ? Action::kAdded : Action::kUpdated;
  record.modified = time_of_version(version);
  record.first_seen_at = served_time(kTestEpoch);
  record.last_modified_at = served_time(record.modified);
  record.id = std::move(id);
  return record;
}

class TestBatch {
 public:
  explicit TestBatch(Stream stream) : stream_(std::move(stream)) {}

  TestBatch& add(TestRecord record) {
    owned_.push_back(std::move(record));
    return *this;
  }
  TestBatch& move(std::optional<std::string> from, std::string to) {
    move_ = Batch::Move{std::move(from), std::move(to)};
    return *this;
  }
  TestBatch& at(core::Time now) {
    now_ = now;
    return *this;
  }
  const std::deque<TestRecord>& records() const { return owned_; }

  // Valid until this batch is changed or gone.
  const Batch get() {
    views_.clear();
    for (const TestRecord& record : owned_) views_.push_back(record.view());
    return {stream_, views_, move_, now_};
  }

 private:
  Stream stream_;
  std::deque<TestRecord> owned_;
  std::vector<Record> views_;
  std::optional<Batch::Move> move_;
  core::Time now_ = kTestEpoch;
};

// What a store has to give back for a record that was stored as it is.
inline StoredRecord stored(const Stream& stream, const TestRecord& record) {
  return {stream,
          record.id,
          record.payload,
          record.is_deleted,
          std::string(to_string(record.action)),
          record.first_seen_at,
          record.last_modified_at,
          record.deleted_at,
          record.pruned_at,
          record.cursor};
}

}  // namespace terapi::client
