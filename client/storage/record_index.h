// RecordIndex: where the record of an id is stored, for SqliteStore.
//
// An ordinary index on ids that come in random order (UUIDs, the usual case) makes SQLite rewrite
// a page for nearly every record, ten times the work of storing it. So the index here is written
// in bulk: `records` is a log in which every stored record has the next `seq`; the entries of its
// last part, those after `sync_meta.indexed_seq`, are held in memory, and go into the table
// `record_ids` in id order, many at a time. What is held in memory is lost with the process and
// read again from the end of the log at the next start.
//
// Memory: at most kMostPending entries and one BloomFilter, however many records there are.
//
// Thread rule: SqliteStore's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/bloom_filter.h"
#include "client/storage/pending_ids.h"
#include "core/result.h"
#include "core/sqlite/sqlite_connection.h"

namespace terapi::client {

class RecordIndex {
 public:
  // Entries that are held before they are written.
  static constexpr std::size_t kMostPending = 200'000;

  // The tables have to be there.
  static core::Result<RecordIndex> open(core::SqliteConnection& connection);

  // Reads what was stored since the last call, also by other processes: at the start of each
  // transaction that may have missed something.
  core::Result<void> catch_up();

  // The seq of the record, staged ones included.
  core::Result<std::optional<std::int64_t>> find(std::int64_t stream, std::string_view id);
  // Gives the next seq to the record. Final with keep(), undone by forget().
  std::int64_t stage(std::int64_t stream, std::string_view id);
  void keep();
  void forget();

  // Writes what is held into the table, inside the caller's transaction; on_written() lets go of
  // it, once that transaction is committed.
  core::Result<void> write();
  void on_written() { held_.clear(); }
  std::size_t pending() const { return held_.size(); }

 private:
  RecordIndex() = default;
  // The stream's number in front, big-endian, so that keys sort as the table does.
  std::string_view key_of(std::int64_t stream, std::string_view id);
  core::Result<std::optional<std::int64_t>> look_up(std::int64_t stream, std::string_view id);
  core::Result<void> fill_filter();
  core::Result<void> skip_indexed();

  core::SqliteStatement indexed_;
  core::SqliteStatement tail_;
  core::SqliteStatement look_up_;
  core::SqliteStatement put_;
  core::SqliteStatement set_indexed_;
  core::SqliteStatement all_;
  PendingIds held_;
  PendingIds staged_;
  std::string key_;
  std::int64_t last_seq_ = 0;    // of all that was stored
  std::int64_t staged_seq_ = 0;  // of what is staged beyond it
  // Complete or unused: filled once looking up has been in vain often enough to pay for it.
  BloomFilter filter_;
  bool filter_complete_ = false;
  std::size_t vain_look_ups_ = 0;
};

}  // namespace terapi::client
