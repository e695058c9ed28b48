#include "simulator/loading/sync_database.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "core/rfc3339.h"
#include "core/words.h"
#include "simulator/records/cursor.h"
#include "simulator/records/names.h"
#include "simulator/records/payload.h"

namespace terapi::simulator {
namespace {

using core::Error;
using core::Result;

enum RowColumn : std::uint8_t {
  kIntegration,
  kConnection,
  kModel,
  kVariant,
  kRecordId,
  kRecordPayload,
  kLastAction,
  kFirstSeenAt,
  kPrunedAtText,
  kCursorText,
};
constexpr const char* kSelect =
    "SELECT integration, connection, model, variant, id, payload, last_action, first_seen_at, "
    "pruned_at, cursor FROM records ORDER BY integration, connection, model, variant, "
    "modified_us, seq";

Result<void> check_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {
    return Error{"bad_file", "'" + path +
                                 "' is no plain file; expected a database that terapi-sync filled, "
                                 "or connection=…,integration=…,model=…,file=…"};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{"no_file", "'" + path + "' cannot be read"};
  std::string begin(15, '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (begin == "SQLite format 3") return {};
  return Error{"bad_file",
               "'" + path +
                   "' is not a SQLite database; expected one that terapi-sync filled, or "
                   "connection=…,integration=…,model=…,file=…"};
}

}  // namespace

SyncDatabase::SyncDatabase(core::SqliteConnection connection, core::SqliteStatement select,
                           std::string path, const Dialect& dialect)
    : connection_(std::move(connection)),
      select_(std::move(select)),
      path_(std::move(path)),
      dialect_(dialect) {}

Result<std::unique_ptr<SyncDatabase>> SyncDatabase::open(const std::string& path,
                                                         const Dialect& dialect) {
  if (auto readable = check_file(path); !readable) return readable.error();
  Result<core::SqliteConnection> connection = core::SqliteConnection::open_to_read(path, path);
  if (!connection) return connection.error();
  if (auto done = connection->run("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;"); !done) {
    return done.error();
  }
  Result<core::SqliteStatement> select = connection->prepare(kSelect);
  if (!select) {
    return Error{"bad_file",
                 "'" + path + "' has not the tables of terapi-sync: " + select.error().message};
  }
  return std::unique_ptr<SyncDatabase>(
      new SyncDatabase(*std::move(connection), *std::move(select), path, dialect));
}

Error SyncDatabase::wrong(const std::string& what) const {
  return {"bad_record", "'" + path_ + "': the record '" + loaded_.id + "' of " +
                            describe(loaded_.stream) + " " + what};
}

Result<const SyncDatabase::Loaded*> SyncDatabase::next() {
  const Result<bool> there = select_.step();
  if (!there) return there.error();
  if (!*there) return static_cast<const Loaded*>(nullptr);
  if (auto read = read_row(); !read) return read.error();
  return &loaded_;
}

Result<void> SyncDatabase::read_row() {
  const auto text = [&](RowColumn column) { return std::string(select_.bytes(column)); };
  StreamKey stream = {text(kIntegration), text(kConnection), text(kModel), text(kVariant)};
  loaded_.id = text(kRecordId);
  if (stream != loaded_.stream) {
    loaded_.stream = std::move(stream);
    if (const auto good = check_names(loaded_.stream); !good) {
      return wrong("cannot be read under that name: " + good.error().message);
    }
  }
  loaded_.payload = text(kRecordPayload);
  RecordFields& fields = loaded_.fields = {};
  fields.id = loaded_.id;
  fields.payload = loaded_.payload;
  if (loaded_.id.empty() || loaded_.id.size() > kLongestId) return wrong("has no id");
  core::json::Reader reader;
  const auto payload = reader.read(loaded_.payload);
  if (!payload || !payload->is_object()) return wrong("has a payload that is no JSON object");
  const auto action = core::value_of(kActionWords, select_.bytes(kLastAction));
  if (!action) return wrong("has the action '" + text(kLastAction) + "'");
  fields.action = *action;
  const auto position = decode_cursor(text(kCursorText), dialect_);
  if (!position) {
    return wrong("has a cursor that is none of the " + std::string(dialect_.name) +
                 " dialect's; the other one is started with --dialect");
  }
  if (position->time > kLatestTime) {
    return wrong("is dated " + format_timestamp(position->time) + "; expected a time before " +
                 format_timestamp(kLatestTime) + ", so that later ones can follow");
  }
  fields.position = *position;
  const auto first_seen = core::parse_rfc3339(text(kFirstSeenAt));
  if (!first_seen) return wrong("has no time at which it was first seen");
  fields.first_seen = *first_seen;
  if (select_.kind(kPrunedAtText) != SQLITE_NULL) {
    fields.pruned_at = core::parse_rfc3339(text(kPrunedAtText));
  }
  return {};
}

}  // namespace terapi::simulator
