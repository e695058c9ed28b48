#include "core/sqlite/sqlite_connection.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "core/breather.h"
#include "core/sqlite/breathing_files.h"

namespace terapi::core {
namespace {

// SQLite takes a null pointer for NULL, which an empty text is not.
const char* pointer_to(std::string_view bytes) {
  return bytes.data() != nullptr ? bytes.data() : "";
}

// Of SQLite's virtual machine: a fraction of a millisecond.
constexpr int kInstructionsAtOnce = 4096;

int breathe_within(void* /*unused*/) {
  breathe();
  return 0;  // go on
}

// What has a meaning in a URI.
std::string percent_encoded(const std::string& file) {
  std::string encoded;
  for (const char c : file) {
    if (c == '%') {
      encoded += "%25";
    } else if (c == '?') {
      encoded += "%3f";
    } else if (c == '#') {
      encoded += "%23";
    } else {
      encoded += c;
    }
  }
  return encoded;
}

}  // namespace

Error sqlite_error(const std::string& path, int code, std::string_view message) {
  const std::string what = "'" + path + "' ";
  const std::string detail = std::string(message) + " (SQLite code " + std::to_string(code) + ")";
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return {"data_corrupt", what + "is damaged: " + detail};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {"data_in_use", what + "is in use by another program: " + detail};
    case SQLITE_FULL:
      return {"data_io", what + "could not be written: the disk is full"};
    default:
      return {"data_io", what + "could not be read or written: " + detail};
  }
}

void SqliteStatement::bind(int parameter, std::int64_t value) {
  note(sqlite3_bind_int64(statement_.get(), parameter, value));
}

void SqliteStatement::bind_text(int parameter, std::string_view text) {
  note(sqlite3_bind_text64(statement_.get(), parameter, pointer_to(text), text.size(),
                           SQLITE_STATIC, SQLITE_UTF8));
}

void SqliteStatement::bind_blob(int parameter, std::string_view bytes) {
  note(sqlite3_bind_blob64(statement_.get(), parameter, pointer_to(bytes), bytes.size(),
                           SQLITE_STATIC));
}

void SqliteStatement::bind_null(int parameter) {
  note(sqlite3_bind_null(statement_.get(), parameter));
}

Result<bool> SqliteStatement::step() {
  if (bind_error_ != SQLITE_OK) {
    const int code = std::exchange(bind_error_, SQLITE_OK);
    return sqlite_error(path_, code, sqlite3_errstr(code));
  }
  breathe();
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_error(path_, code, sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
}

Result<void> SqliteStatement::run() {
  const Result<bool> stepped = step();
  rewind();
  if (!stepped) return stepped.error();
  return {};
}

std::string_view SqliteStatement::bytes(int column) const {
  // sqlite3_column_text would copy to append a NUL; the bytes are the same.
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Result<SqliteConnection> SqliteConnection::open(const std::string& file, const std::string& path) {
  return open_with(file, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

Result<SqliteConnection> SqliteConnection::open_to_read(const std::string& file,
                                                        const std::string& path) {
  const std::string folder = std::filesystem::path(file).parent_path().string();
  const bool writable = ::access(folder.empty() ? "." : folder.c_str(), W_OK) == 0 &&
                        ::access(file.c_str(), W_OK) == 0;
  Result<SqliteConnection> opened =
      open_with(file, path, writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  if (writable || !opened) return opened;
  const auto read = opened->integer("SELECT count(*) FROM sqlite_schema");
  if (read || read.error().code != "data_io") return opened;
  struct stat wal {};
  if (::stat((file + "-wal").c_str(), &wal) == 0 && wal.st_size > 0) {
    return Error{"data_io", "'" + path + "' is where nothing can be written, and what its WAL ('" +
                                path +
                                "-wal') holds cannot be read there; expected both in a "
                                "folder that can be written to: copy them"};
  }
  return open_with("file:" + percent_encoded(file) + "?immutable=1", path,
                   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

Result<SqliteConnection> SqliteConnection::open_with(const std::string& file,
                                                     const std::string& path, int flags) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      breathing_files());
  SqliteConnection connection(handle, path);
  if (code == SQLITE_OK) {
    // One statement may be about all rows of a table.
    sqlite3_progress_handler(handle, kInstructionsAtOnce, &breathe_within, nullptr);
    return connection;
  }
  std::string why = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  const int system = handle ? sqlite3_system_errno(handle) : 0;
  if (system != 0) why.append(": ").append(std::strerror(system));
  return sqlite_error(path, code, why);
}

Result<void> SqliteConnection::run(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(path_, code, sqlite3_errmsg(handle_.get()));
  return {};
}

Result<SqliteStatement> SqliteConnection::prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_OK) return SqliteStatement(statement, path_);
  // The statements are ours and right; what they name is not there as it should be.
  if (code == SQLITE_ERROR) {
    return Error{"data_corrupt", "'" + path_ + "' is damaged: " + sqlite3_errmsg(handle_.get())};
  }
  return sqlite_error(path_, code, sqlite3_errmsg(handle_.get()));
}

Result<void> SqliteConnection::prepare_all(std::initializer_list<Preparation> preparations) {
  for (const Preparation& preparation : preparations) {
    Result<SqliteStatement> statement = prepare(preparation.sql);
    if (!statement) return statement.error();
    preparation.statement = *std::move(statement);
  }
  return {};
}

Result<std::int64_t> SqliteConnection::integer(const std::string& sql) {
  Result<SqliteStatement> statement = prepare(sql);
  if (!statement) return statement.error();
  const Result<bool> row = statement->step();
  if (!row) return row.error();
  return *row ? statement->integer(0) : 0;
}

bool SqliteConnection::is_in_place() {
  int moved = 0;
  sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved != 0) return false;
  const char* file = sqlite3_db_filename(handle_.get(), "main");
  if (file == nullptr || *file == '\0') return true;  // in memory
  struct stat info {};
  const bool has_wal = ::stat((std::string(file) + "-wal").c_str(), &info) == 0;
  if (!has_wal) return !wal_;
  const std::pair<std::uint64_t, std::uint64_t> found(info.st_dev, info.st_ino);
  if (!wal_) wal_ = found;
  return wal_ == found;
}

void SqliteConnection::set_checkpoint_on_close(bool on) {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

}  // namespace terapi::core
