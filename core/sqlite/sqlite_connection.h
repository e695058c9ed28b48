// SqliteConnection and SqliteStatement: the little of SQLite's C interface that this house uses,
// with Results for codes. Errors: "data_corrupt" (damage), "data_in_use" (locked), "data_io" (the
// rest); each names the file.
//
// Thread rule: one thread.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace terapi::core {

// A prepared statement, to be used many times. Views that are bound live until the next `rewind`;
// views of columns until the next `step`.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  SqliteStatement(sqlite3_stmt* statement, std::string path)
      : statement_(statement), path_(std::move(path)) {}

  // Parameters count from 1.
  void bind(int parameter, std::int64_t value);
  void bind_text(int parameter, std::string_view text);
  void bind_blob(int parameter, std::string_view bytes);
  void bind_null(int parameter);

  // True when there is a row; false at the end.
  Result<bool> step();
  // Makes it ready to run again; what is bound stays bound.
  void rewind() { sqlite3_reset(statement_.get()); }
  // Runs a statement that gives no rows, and rewinds.
  Result<void> run();

  // Columns count from 0. The kind is one of SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB, SQLITE_NULL.
  int kind(int column) const { return sqlite3_column_type(statement_.get(), column); }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  // The bytes of a text or a blob, without a copy.
  std::string_view bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  void note(int code) {
    if (bind_error_ == SQLITE_OK) bind_error_ = code;
  }

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string path_;
  int bind_error_ = SQLITE_OK;
};

class SqliteConnection {
 public:
  // Opens or makes the file; `path` is the name for messages.
  static Result<SqliteConnection> open(const std::string& file, const std::string& path);

  // Opens a file that is there, for reading. Where neither it nor its folder can be written to, as
  // on a read-only medium, it is read as it stands there: SQLite itself would want to make files
  // beside it. Code "data_io", too, when what the WAL beside it holds cannot be read then.
  static Result<SqliteConnection> open_to_read(const std::string& file, const std::string& path);

  // Runs statements that give no rows of interest (PRAGMAs included).
  Result<void> run(const std::string& sql);
  Result<SqliteStatement> prepare(const std::string& sql);
  struct Preparation {
    SqliteStatement& statement;
    std::string sql;
  };
  Result<void> prepare_all(std::initializer_list<Preparation> preparations);
  // The one integer that a statement gives.
  Result<std::int64_t> integer(const std::string& sql);

  // False: closing leaves the WAL beside the file as it is.
  void set_checkpoint_on_close(bool on);
  // False: the file is not at its path any more, since somebody deleted, moved or replaced it, or
  // its WAL. What is written from then on goes into the void.
  bool is_in_place();
  // False while a transaction is open.
  bool idle() const { return sqlite3_get_autocommit(handle_.get()) != 0; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  SqliteConnection(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  static Result<SqliteConnection> open_with(const std::string& file, const std::string& path,
                                            int flags);

  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
  // Which file the WAL is, by device and number, once there is one.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> wal_;
};

// What a SQLite result code means for the file named `path`.
Error sqlite_error(const std::string& path, int code, std::string_view message);

}  // namespace terapi::core
