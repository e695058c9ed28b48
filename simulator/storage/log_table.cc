#include "simulator/storage/log_table.h"

#include <algorithm>
#include <utility>

#include "simulator/storage/operation_json.h"

namespace terapi::simulator {
namespace {

using core::Error;
using core::Result;

constexpr std::uint64_t kCountsRow = 0;

}  // namespace

std::string log_table_schema() {
  return "CREATE TABLE operations(\n"
         "  id INTEGER PRIMARY KEY,  -- 0: what counts the others\n"
         "  json TEXT NOT NULL) STRICT;\n";
}

Result<LogTable> LogTable::prepare(core::SqliteConnection& connection) {
  LogTable table;
  Result<void> done = connection.prepare_all({
      {table.put_, "INSERT OR REPLACE INTO operations(id, json) VALUES(?1,?2)"},
      {table.select_, "SELECT id, json FROM operations ORDER BY id"},
      {table.remove_, "DELETE FROM operations WHERE id = ?1"},
      {table.clear_, "DELETE FROM operations"},
      {table.newest_, "SELECT max(id), (SELECT json FROM operations WHERE id = 0) FROM operations"},
  });
  if (!done) return done.error();
  return table;
}

Result<void> LogTable::put(std::uint64_t id, std::string_view json) {
  put_.bind(1, static_cast<std::int64_t>(id));
  put_.bind_text(2, json);
  return put_.run();
}

Result<void> LogTable::write(const LogChanges& changes) {
  for (const Operation* operation : changes.written) {
    const std::string json = write_operation(*operation);
    if (Result<void> done = put(operation->id, json); !done) return done;
  }
  for (const std::uint64_t id : changes.dropped) {
    remove_.bind(1, static_cast<std::int64_t>(id));
    if (Result<void> done = remove_.run(); !done) return done;
  }
  if (!changes.counted) return {};
  const std::string json = write_log_counts(changes.counts);
  return put(kCountsRow, json);
}

// The highest that was given out, as far as it is stored.
Result<std::uint64_t> LogTable::last_id() {
  const Result<bool> row = newest_.step();
  std::uint64_t last = 0;
  Result<void> done;
  if (row && *row) {
    last = static_cast<std::uint64_t>(newest_.integer(0));
    if (newest_.kind(1) != SQLITE_NULL) {
      const Result<LogCounts> counts = read_log_counts(newest_.bytes(1), "the log's counts");
      if (!counts) done = counts.error();
      if (counts) last = std::max(last, counts->last_id);
    }
  }
  newest_.rewind();
  if (!row) return row.error();
  if (!done) return done.error();
  return last;
}

Result<void> LogTable::clear() {
  const Result<std::uint64_t> last = last_id();
  if (!last) return last.error();
  if (Result<void> done = clear_.run(); !done) return done;
  LogCounts counts;
  counts.last_id = *last;
  const std::string json = write_log_counts(counts);
  return put(kCountsRow, json);
}

Result<LogHistory> LogTable::load() {
  LogHistory history;
  Result<bool> row = select_.step();
  Result<void> done;
  for (; done && row && *row; row = select_.step()) {
    const auto id = static_cast<std::uint64_t>(select_.integer(0));
    if (id == kCountsRow) {
      Result<LogCounts> counts = read_log_counts(select_.bytes(1), "the log's counts");
      if (counts) history.counts = *counts;
      if (!counts) done = counts.error();
      continue;
    }
    const std::string what = "operation " + std::to_string(id);
    Result<Operation> operation = read_operation(select_.bytes(1), what);
    if (!operation) {
      done = operation.error();
    } else if (operation->id != id) {
      done = Error{"data_corrupt", what + " says that it is " + std::to_string(operation->id)};
    } else {
      history.counts.last_id = std::max(history.counts.last_id, id);
      history.operations.push_back(*std::move(operation));
    }
  }
  select_.rewind();
  if (!done) return done.error();
  if (!row) return row.error();
  return history;
}

}  // namespace terapi::simulator
