// LogTable: the rows of the log, one for each operation, by its id; and in row 0 what counts them.
// There is one log in a data file: snapshots have none.
//
// Each call is some statements of the caller's transaction. Thread rule: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/sqlite/sqlite_connection.h"
#include "simulator/observation/log_book.h"

namespace terapi::simulator {

// The statements that make the table; run once for a file.
std::string log_table_schema();

class LogTable {
 public:
  static core::Result<LogTable> prepare(core::SqliteConnection& connection);

  core::Result<void> write(const LogChanges& changes);
  // Begins the log anew; its ids go on.
  core::Result<void> clear();
  // Code "data_corrupt" says which operation is wrong.
  core::Result<LogHistory> load();

 private:
  LogTable() = default;
  core::Result<void> put(std::uint64_t id, std::string_view json);

  core::Result<std::uint64_t> last_id();

  core::SqliteStatement put_, select_, remove_, clear_, newest_;
};

}  // namespace terapi::simulator
