#include "simulator/storage/record_table.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/check.h"

namespace terapi::simulator {
namespace {

using core::Error;
using core::Result;

// Small columns first: what stands behind a long payload costs a walk along its overflow pages.
enum Column : std::uint8_t {
  kRow,
  kStream,
  kAction,
  kLastModified,
  kFirstSeen,
  kPrunedAt,
  kDeletedAt,
  kInputHash,
  kMetadataAt,
  kUuid,
  kId,
  kPayload,
  kSnapshot,
};
constexpr std::string_view kColumnNames =
    "row, stream, action, last_modified, first_seen, pruned_at, deleted_at, input_hash, "
    "metadata_at, uuid, id, payload";
constexpr std::string_view kColumns =
    "  stream INTEGER NOT NULL,\n"
    "  action INTEGER NOT NULL,         -- 0 added, 1 updated, 2 deleted\n"
    "  last_modified INTEGER NOT NULL,  -- microseconds since 1970, as all times\n"
    "  first_seen INTEGER NOT NULL,\n"
    "  pruned_at INTEGER,\n"
    "  deleted_at INTEGER,              -- null: last_modified, where it is deleted\n"
    "  input_hash INTEGER NOT NULL DEFAULT 0,   -- of what was sent; 0: of the payload\n"
    "  metadata_at INTEGER NOT NULL DEFAULT 0,  -- where in the payload they are served\n"
    "  uuid BLOB NOT NULL,              -- orders records of one instant\n"
    "  id TEXT NOT NULL,\n"
    "  payload TEXT NOT NULL            -- the JSON as it came\n";

constexpr int parameter(Column column) { return static_cast<int>(column) + 1; }

void bind_time(core::SqliteStatement& statement, Column column, std::optional<Time> time) {
  if (time) {
    statement.bind(parameter(column), time->time_since_epoch().count());
  } else {
    statement.bind_null(parameter(column));
  }
}

void bind_row(core::SqliteStatement& statement, const StoredRow& row) {
  const Record& record = *row.record;
  statement.bind(parameter(kRow), static_cast<std::int64_t>(record.row()));
  statement.bind(parameter(kStream), row.stream);
  statement.bind(parameter(kAction), static_cast<std::int64_t>(record.action()));
  bind_time(statement, kLastModified, record.last_modified());
  bind_time(statement, kFirstSeen, record.first_seen());
  bind_time(statement, kPrunedAt, record.pruned_at());
  bind_time(statement, kDeletedAt, record.own_deleted_at());
  // SQLite's integers have a sign: the same 64 bits.
  statement.bind(parameter(kInputHash), static_cast<std::int64_t>(record.input_hash()));
  statement.bind(parameter(kMetadataAt), record.metadata_at());
  const auto& uuid = record.position().id.bytes;
  statement.bind_blob(parameter(kUuid), {reinterpret_cast<const char*>(uuid.data()), uuid.size()});
  statement.bind_text(parameter(kId), record.id());
  statement.bind_text(parameter(kPayload), record.payload());
}

// All records in the order of their rows: that is how they are written fastest.
std::vector<StoredRow> rows_of(const State& state) {
  std::size_t count = 0;
  for (const Environment& environment : state.environments) {
    for (const auto& [key, stream] : environment.streams) count += stream.log.size();
  }
  std::vector<StoredRow> rows;
  rows.reserve(count);
  for (const Environment& environment : state.environments) {
    for (const auto& [key, stream] : environment.streams) {
      stream.log.walk(Position::start(), [&, number = stream.number](const Record& record) {
        rows.push_back({number, &record});
        return true;
      });
    }
  }
  const auto by_row = [](const StoredRow& a, const StoredRow& b) {
    return a.record->row() < b.record->row();
  };
  std::sort(rows.begin(), rows.end(), by_row);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    TERAPI_CHECK(by_row(rows[i - 1], rows[i]), "each record has a row of its own");
  }
  return rows;
}

Result<void> put_rows(core::SqliteStatement& statement, const std::vector<StoredRow>& rows) {
  for (const StoredRow& row : rows) {
    bind_row(statement, row);
    Result<void> done = statement.run();
    if (!done) return done;
  }
  return {};
}

// Collects the rows of a scan by stream, then fills the streams' logs in their order.
class Loader {
 public:
  explicit Loader(State& state) : last_row_(state.last_row) {
    for (Environment& environment : state.environments) {
      for (auto& [key, stream] : environment.streams) batches_[stream.number].stream = &stream;
    }
  }

  Result<void> load(core::SqliteStatement& select) {
    Result<bool> row = select.step();
    for (; row && *row; row = select.step()) {
      if (const char* wrong = take(select)) {
        return damaged("record in row " + std::to_string(select.integer(kRow)) + " " + wrong);
      }
    }
    if (!row) return row.error();
    for (auto& [number, batch] : batches_) {
      Result<void> filled = fill(batch);
      if (!filled) return filled;
    }
    return {};
  }

 private:
  struct Entry {
    Position position;
    RecordPtr record;
  };
  struct Batch {
    Stream* stream = nullptr;
    std::vector<Entry> entries;
  };

  static Error damaged(const std::string& what) { return {"data_corrupt", what}; }

  Batch* batch_of(std::int64_t stream) {
    if (current_ != nullptr && current_stream_ == stream) return current_;
    const auto found = batches_.find(stream);
    if (found == batches_.end()) return nullptr;
    current_ = &found->second;
    current_stream_ = stream;
    return current_;
  }

  // Takes the row that the scan stands at; what is wrong with it, or null.
  const char* take(const core::SqliteStatement& row) {
    Batch* batch = batch_of(row.integer(kStream));
    if (batch == nullptr) return "belongs to no stream";
    const std::string_view uuid = row.bytes(kUuid);
    RecordFields fields;
    fields.id = row.bytes(kId);
    fields.payload = row.bytes(kPayload);
    const std::int64_t number = row.integer(kRow);
    const std::optional<Action> action = stored_action(row.integer(kAction));
    if (number < 1 || static_cast<std::uint64_t>(number) > last_row_) {
      return "has a number that was not given out";
    }
    if (!action) return "has an unknown action";
    if (row.kind(kLastModified) != SQLITE_INTEGER || row.kind(kFirstSeen) != SQLITE_INTEGER) {
      return "has no time";
    }
    if (uuid.size() != fields.position.id.bytes.size()) return "has no uuid of 16 bytes";
    if (fields.id.size() > std::numeric_limits<std::uint16_t>::max()) return "has too long an id";
    if (!fields.payload.starts_with('{') || !fields.payload.ends_with('}')) {
      return "has a payload that is not an object";
    }
    std::memcpy(fields.position.id.bytes.data(), uuid.data(), uuid.size());
    fields.position.time = time(row.integer(kLastModified));
    fields.first_seen = time(row.integer(kFirstSeen));
    if (row.kind(kPrunedAt) != SQLITE_NULL) fields.pruned_at = time(row.integer(kPrunedAt));
    if (row.kind(kDeletedAt) != SQLITE_NULL) fields.deleted_at = time(row.integer(kDeletedAt));
    fields.input_hash = static_cast<std::uint64_t>(row.integer(kInputHash));
    const std::int64_t metadata_at = row.integer(kMetadataAt);
    if (metadata_at < 0 || static_cast<std::size_t>(metadata_at) >= fields.payload.size()) {
      return "has its metadata outside of its payload";
    }
    fields.metadata_at = static_cast<std::uint32_t>(metadata_at);
    fields.action = *action;
    fields.row = static_cast<std::uint64_t>(number);
    batch->entries.push_back({fields.position, Record::make(fields)});
    return nullptr;
  }

  static Result<void> fill(Batch& batch) {
    std::sort(batch.entries.begin(), batch.entries.end(),
              [](const Entry& a, const Entry& b) { return a.position < b.position; });
    const Position* last = nullptr;
    for (Entry& entry : batch.entries) {
      const std::uint64_t row = entry.record->row();
      const bool repeats = last != nullptr && !(*last < entry.position);
      last = &entry.position;
      if (repeats || batch.stream->log.put(std::move(entry.record))) {
        return damaged("record in row " + std::to_string(row) + " appears twice");
      }
    }
    batch.entries = {};
    return {};
  }

  static Time time(std::int64_t micros) { return Time(Duration(micros)); }

  std::uint64_t last_row_;
  std::unordered_map<std::int64_t, Batch> batches_;
  Batch* current_ = nullptr;
  std::int64_t current_stream_ = 0;
};

}  // namespace

std::string record_table_schema() {
  const std::string columns(kColumns);
  return "CREATE TABLE records(\n  row INTEGER PRIMARY KEY,\n" + columns +
         ") STRICT;\n"
         "CREATE TABLE snapshot_records(\n  snapshot INTEGER NOT NULL,\n  row INTEGER NOT NULL,\n" +
         columns + ", PRIMARY KEY(snapshot, row)) STRICT, WITHOUT ROWID;\n";
}

std::string record_table_additions() {
  std::string changes;
  for (const std::string table : {"records", "snapshot_records"}) {
    for (const std::string column : {"deleted_at INTEGER", "input_hash INTEGER NOT NULL DEFAULT 0",
                                     "metadata_at INTEGER NOT NULL DEFAULT 0"}) {
      changes.append("ALTER TABLE ").append(table).append(" ADD COLUMN ").append(column);
      changes.append(";\n");
    }
  }
  return changes;
}

Result<RecordTable> RecordTable::prepare(core::SqliteConnection& connection) {
  const std::string names(kColumnNames);
  const std::string values = "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12";
  RecordTable table;
  Result<void> done = connection.prepare_all({
      {table.put_, "INSERT OR REPLACE INTO records(" + names + ") VALUES(" + values + ")"},
      {table.select_, "SELECT " + names + " FROM records ORDER BY row"},
      {table.clear_, "DELETE FROM records"},
      {table.remove_stream_, "DELETE FROM records WHERE stream = ?1"},
      {table.put_in_snapshot_,
       "INSERT INTO snapshot_records(" + names + ", snapshot) VALUES(" + values + ",?13)"},
      {table.select_snapshot_,
       "SELECT " + names + " FROM snapshot_records WHERE snapshot = ?1 ORDER BY row"},
      {table.clear_snapshot_, "DELETE FROM snapshot_records WHERE snapshot = ?1"},
  });
  if (!done) return done.error();
  return table;
}

Result<void> RecordTable::put(const StoredRow& row) {
  bind_row(put_, row);
  return put_.run();
}

Result<void> RecordTable::remove_stream(std::uint32_t stream) {
  remove_stream_.bind(1, stream);
  return remove_stream_.run();
}

Result<void> RecordTable::put_all(std::int64_t snapshot, const State& state) {
  if (snapshot == kCurrentState) return put_rows(put_, rows_of(state));
  put_in_snapshot_.bind(parameter(kSnapshot), snapshot);
  return put_rows(put_in_snapshot_, rows_of(state));
}

Result<void> RecordTable::clear(std::int64_t snapshot) {
  if (snapshot == kCurrentState) return clear_.run();
  clear_snapshot_.bind(1, snapshot);
  return clear_snapshot_.run();
}

Result<void> RecordTable::load(std::int64_t snapshot, State& state) {
  core::SqliteStatement& select = snapshot == kCurrentState ? select_ : select_snapshot_;
  if (snapshot != kCurrentState) select.bind(1, snapshot);
  Result<void> done = Loader(state).load(select);
  select.rewind();
  return done;
}

}  // namespace terapi::simulator
