#include "client/storage/sqlite_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <utility>

#include "client/storage/record_index.h"
#include "client/storage/sqlite_schema.h"
#include "core/rfc3339.h"
#include "core/sqlite/sqlite_connection.h"

namespace terapi::client {
namespace {

using core::SqliteConnection;
using core::SqliteStatement;

constexpr std::string_view kStreamIs =
    " integration = ?1 AND connection = ?2 AND model = ?3 AND variant = ?4";

// The WAL grows to this before it is folded in: fewer, larger, sorted writes.
constexpr std::int64_t kWalBytes = std::int64_t{64} << 20;

core::Error failed(const core::Error& error) {
  return error.code == kStoreGone ? error : core::Error{"store_failed", error.message};
}

void bind_stream(SqliteStatement& statement, const Stream& stream) {
  statement.bind_text(1, stream.integration);
  statement.bind_text(2, stream.connection);
  statement.bind_text(3, stream.model);
  statement.bind_text(4, stream.variant);
}

void bind_or_null(SqliteStatement& statement, int parameter, std::string_view text) {
  if (text.empty()) {
    statement.bind_null(parameter);
  } else {
    statement.bind_text(parameter, text);
  }
}

std::int64_t micros(core::Time time) { return time.time_since_epoch().count(); }

// A statement that is ready again when the scope ends.
class Rewound {
 public:
  explicit Rewound(SqliteStatement& statement) : statement_(statement) {}
  ~Rewound() { statement_.rewind(); }
  Rewound(const Rewound&) = delete;
  Rewound& operator=(const Rewound&) = delete;

 private:
  SqliteStatement& statement_;
};

}  // namespace

class SqliteStore::Impl {
 public:
  Impl(SqliteConnection connection, std::string path)
      : connection_(std::move(connection)), path_(std::move(path)) {}

  core::Result<void> prepare(const std::string& path, Open how) {
    // Set before anything is written, kept by the connection only (journal_mode and page_size by
    // the file; files that are there keep theirs). With pages of 16 KB a quarter more records/s are
    // stored than with SQLite's own 4 KB.
    if (auto set = connection_.run("PRAGMA busy_timeout = 10000; PRAGMA page_size = 16384"); !set) {
      return failed(set.error());
    }
    if (auto schema = prepare_schema(connection_, path); !schema) {
      return schema.error().code.starts_with("data_") ? failed(schema.error()) : schema.error();
    }
    if (how == Open::kOrMake) {
      if (auto tuned = tune_for_writing(); !tuned) return failed(tuned.error());
    }
    if (auto prepared = prepare_statements(); !prepared) return failed(prepared.error());
    // Asked before the index is read: what is written in between is then read once more.
    auto version = connection_.integer("PRAGMA data_version");
    if (!version) return failed(version.error());
    data_version_ = *version;
    auto index = RecordIndex::open(connection_);
    if (!index) return failed(index.error());
    index_.emplace(*std::move(index));
    return {};
  }

  core::Result<StoredPosition> position(const Stream& stream) {
    if (auto there = still_there(); !there) return there.error();
    auto row = find_row(stream);
    if (!row) return failed(row.error());
    return *row ? (*row)->position : StoredPosition{};
  }

  core::Result<Committed> commit(const Batch& batch) {
    if (auto there = still_there(); !there) return there.error();
    // Before the records, so that a failure here is not told as one of theirs. It may wait for the
    // next commit, but not for ever.
    if (index_->pending() >= RecordIndex::kMostPending) {
      const auto written = write_index();
      if (!written && index_->pending() >= 2 * RecordIndex::kMostPending) {
        return failed(written.error());
      }
    }
    core::Result<Committed> committed = in_transaction([&] { return apply(batch); });
    if (committed && !committed->conflict) {
      index_->keep();
    } else {
      index_->forget();
    }
    if (!committed) {
      return committed.error().code == "cannot_store_record" ? committed.error()
                                                             : failed(committed.error());
    }
    return committed;
  }

  core::Result<void> report(const Stream& stream, const Report& report) {
    const auto reported = in_transaction([&]() -> core::Result<Committed> {
      auto number = number_of(stream);
      if (!number) return number.error();
      const std::string now = core::format_rfc3339(report.now);
      set_health_.bind(1, *number);
      set_health_.bind_text(2, to_string(report.health));
      set_health_.bind_text(3, report.error.code);
      set_health_.bind_text(4, report.error.message);
      set_health_.bind_text(5, report.record);
      bind_or_null(set_health_, 6, report.health == Health::kUpToDate ? std::string_view(now) : "");
      if (auto run = set_health_.run(); !run) return run.error();
      return Committed{};
    });
    if (!reported) return failed(reported.error());
    if (report.health == Health::kUpToDate && index_->pending() > 0) {
      if (auto written = write_index(); !written) return failed(written.error());
    }
    return {};
  }

  core::Result<StoreNotes> notes() {
    StoreNotes notes;
    notes.busy = busy();
    auto statement = connection_.prepare(
        "SELECT integration, connection, model, variant, count(*) FROM records WHERE " +
        std::string(kHoldsNul) + " GROUP BY 1, 2, 3, 4");
    if (!statement) return failed(statement.error());
    while (true) {
      const auto row = statement->step();
      if (!row) return failed(row.error());
      if (!*row) return notes;
      const auto text = [&](int column) { return std::string(statement->bytes(column)); };
      notes.with_nul[{text(0), text(1), text(2), text(3)}] =
          static_cast<std::uint64_t>(statement->integer(4));
    }
  }

  core::Result<std::vector<StreamStatus>> status() {
    std::vector<StreamStatus> all;
    auto statement = connection_.prepare(
        "SELECT integration, connection, model, variant, cursor, newest_us, records, deleted, "
        "health, error_code, error, error_record, moved_at, up_to_date_at FROM cursors "
        "ORDER BY integration, connection, model, variant");
    if (!statement) return failed(statement.error());
    while (true) {
      const auto row = statement->step();
      if (!row) return failed(row.error());
      if (!*row) return all;
      all.push_back(status_of(*statement));
    }
  }

  core::Result<void> read(const Stream& stream,
                          const std::function<bool(const StoredRecord&)>& each) {
    auto row = find_row(stream);
    if (!row) return failed(row.error());
    if (!*row) return {};
    // Two statements, so that what is sorted is two numbers a record and not the payloads.
    auto order = connection_.prepare(
        "SELECT seq FROM records WHERE seq IN (SELECT seq FROM record_ids WHERE stream = ?5 UNION "
        "SELECT seq FROM records WHERE seq > (SELECT value FROM sync_meta WHERE name = "
        "'indexed_seq')) AND" +
        std::string(kStreamIs) + " ORDER BY modified_us, seq");
    auto one = connection_.prepare(
        "SELECT id, payload, deleted, last_action, first_seen_at, last_modified_at, deleted_at, "
        "pruned_at, cursor FROM records WHERE seq = ?1");
    if (!order) return failed(order.error());
    if (!one) return failed(one.error());
    // One moment of the database, also while somebody syncs into it.
    if (auto begun = connection_.run("BEGIN"); !begun) return failed(begun.error());
    bind_stream(*order, stream);
    order->bind(5, (*row)->number);
    auto result = read_in_order(stream, *order, *one, each);
    order->rewind();
    one->rewind();
    if (auto ended = connection_.run("COMMIT"); !ended && result) return failed(ended.error());
    return result;
  }

 private:
  struct StreamRow {
    std::int64_t number = 0;
    StoredPosition position;
    std::uint64_t deleted = 0;
  };
  struct Known {
    std::int64_t seq = 0;
    std::int64_t modified = 0;
    bool deleted = false;
    bool pruned = false;
    bool same_cursor = false;
  };

  // A reader that stays for long makes the WAL larger; it is cut back to its size once it can be.
  core::Result<void> tune_for_writing() {
    auto page = connection_.integer("PRAGMA page_size");
    if (!page) return page.error();
    return connection_.run(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32000;"
        "PRAGMA journal_size_limit = " +
        std::to_string(kWalBytes) + "; PRAGMA wal_autocheckpoint = " +
        std::to_string(kWalBytes / std::max<std::int64_t>(1, *page)));
  }

  core::Result<void> still_there() {
    if (connection_.is_in_place()) return {};
    return core::Error{kStoreGone,
                       "'" + path_ +
                           "' or its WAL was deleted, moved or replaced while it was in "
                           "use; nothing more can be stored in it"};
  }

  // Half as much again as the WAL has when all is well: a page's commit may be large.
  std::string busy() const {
    struct stat info {};
    const std::string wal = path_ + "-wal";
    if (::stat(wal.c_str(), &info) != 0 || info.st_size <= kWalBytes * 3 / 2) return "";
    return std::to_string(info.st_size >> 20) + " MB wait in '" + wal +
           "': somebody has been reading for long, or reads in one transaction; they are folded in "
           "when that ends";
  }

  core::Result<void> prepare_statements() {
    return connection_.prepare_all(
        {{begin_, "BEGIN IMMEDIATE"},
         {commit_, "COMMIT"},
         {rollback_, "ROLLBACK"},
         {version_, "PRAGMA data_version"},
         {find_row_, "SELECT stream, cursor, newest_us, records, deleted FROM cursors WHERE" +
                         std::string(kStreamIs)},
         {add_row_,
          "INSERT OR IGNORE INTO cursors (integration, connection, model, variant) "
          "VALUES (?1, ?2, ?3, ?4)"},
         {move_,
          "UPDATE cursors SET cursor = ?2, newest_us = ?3, records = ?4, deleted = ?5, "
          "moved_at = ?6 WHERE stream = ?1"},
         {count_,
          "UPDATE cursors SET newest_us = ?2, records = ?3, deleted = ?4 WHERE stream = ?1"},
         {set_health_,
          "UPDATE cursors SET health = ?2, error_code = ?3, error = ?4, error_record = ?5, "
          "up_to_date_at = coalesce(?6, up_to_date_at) WHERE stream = ?1"},
         {known_,
          "SELECT modified_us, deleted, pruned_at IS NOT NULL, cursor = ?2 FROM records "
          "WHERE seq = ?1"},
         {insert_,
          "INSERT INTO records (integration, connection, model, variant, id, payload, deleted, "
          "last_action, first_seen_at, last_modified_at, deleted_at, pruned_at, cursor, "
          "modified_us, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
          "?14, ?15)"},
         {update_,
          "UPDATE records SET payload = coalesce(?6, payload), deleted = ?7, last_action = ?8, "
          "first_seen_at = ?9, last_modified_at = ?10, deleted_at = ?11, pruned_at = ?12, "
          "cursor = ?13, modified_us = ?14, seq = ?15 WHERE seq = ?1"}});
  }

  // Runs `work` in a transaction that sees what other processes stored. A conflict, like an error,
  // leaves nothing behind.
  template <typename Work>
  core::Result<Committed> in_transaction(Work work) {
    if (auto begun = begin_.run(); !begun) return begun.error();
    auto done = [&]() -> core::Result<Committed> {
      if (auto fresh = see_others(); !fresh) return fresh.error();
      return work();
    }();
    if (done && !done->conflict) {
      if (auto ended = commit_.run(); !ended) done = ended.error();
    }
    if (!connection_.idle()) (void)rollback_.run();
    return done;
  }

  core::Result<void> see_others() {
    const auto row = version_.step();
    const std::int64_t version = row && *row ? version_.integer(0) : 0;
    version_.rewind();
    if (!row) return row.error();
    if (version == data_version_) return {};
    if (auto caught_up = index_->catch_up(); !caught_up) return caught_up;
    data_version_ = version;
    return {};
  }

  core::Result<void> write_index() {
    const auto written = in_transaction([&]() -> core::Result<Committed> {
      if (auto done = index_->write(); !done) return done.error();
      return Committed{};
    });
    if (!written) return written.error();
    index_->on_written();
    return {};
  }

  core::Result<std::optional<StreamRow>> find_row(const Stream& stream) {
    const Rewound rewound(find_row_);
    bind_stream(find_row_, stream);
    const auto found = find_row_.step();
    if (!found) return found.error();
    if (!*found) return std::optional<StreamRow>();
    StreamRow row;
    row.number = find_row_.integer(0);
    if (find_row_.kind(1) != SQLITE_NULL) row.position.cursor = std::string(find_row_.bytes(1));
    if (find_row_.kind(2) != SQLITE_NULL) {
      row.position.newest = core::Time(core::Duration(find_row_.integer(2)));
    }
    row.position.records = static_cast<std::uint64_t>(find_row_.integer(3));
    row.deleted = static_cast<std::uint64_t>(find_row_.integer(4));
    return std::optional(std::move(row));
  }

  // The stream's row, made where there is none.
  core::Result<StreamRow> row_of(const Stream& stream) {
    bind_stream(add_row_, stream);
    auto row = find_row(stream);
    if (row && !*row) {
      if (auto added = add_row_.run(); !added) return added.error();
      row = find_row(stream);
    }
    if (!row) return row.error();
    return **std::move(row);
  }
  core::Result<std::int64_t> number_of(const Stream& stream) {
    auto row = row_of(stream);
    if (!row) return row.error();
    return row->number;
  }

  core::Result<Committed> apply(const Batch& batch) {
    auto row = row_of(batch.stream);
    if (!row) return row.error();
    if (batch.move && batch.move->from != row->position.cursor) return Committed{.conflict = true};
    Committed committed;
    bind_stream(insert_, batch.stream);
    for (const Record& record : batch.records) {
      auto changed = apply_record(*row, record);
      if (!changed) return changed.error();
      if (*changed) ++committed.changed;
    }
    if (auto moved = move_cursor(*row, batch); !moved) return moved.error();
    return committed;
  }

  core::Result<bool> apply_record(StreamRow& row, const Record& record) {
    const auto seq = index_->find(row.number, record.id);
    if (!seq) return seq.error();
    std::optional<Known> known;
    if (*seq) {
      auto read = read_known(**seq, record);
      if (!read) return read.error();
      known = *read;
      // The version guard (CLIENT-8), and what a re-read brings again.
      if (known->modified > micros(record.modified)) return false;
      if (known->modified == micros(record.modified) && known->same_cursor &&
          known->deleted == record.deleted && known->pruned == !record.pruned_at.empty()) {
        return false;
      }
    }
    SqliteStatement& statement = known ? update_ : insert_;
    bind_record(statement, record);
    // A record that was only pruned keeps its cursor and so its place.
    const bool stays = known && known->same_cursor;
    statement.bind(15, stays ? known->seq : index_->stage(row.number, record.id));
    if (known) {
      statement.bind(1, known->seq);
      if (!record.pruned_at.empty()) statement.bind_null(6);
    }
    if (auto run = statement.run(); !run) return refused(record, run.error());
    if (!known) ++row.position.records;
    if (record.deleted && !(known && known->deleted)) ++row.deleted;
    if (!record.deleted && known && known->deleted) --row.deleted;
    if (!row.position.newest || *row.position.newest < record.modified) {
      row.position.newest = record.modified;
    }
    return true;
  }

  core::Result<Known> read_known(std::int64_t seq, const Record& record) {
    const Rewound rewound(known_);
    known_.bind(1, seq);
    known_.bind_text(2, record.cursor);
    const auto found = known_.step();
    if (!found) return found.error();
    if (!*found) {
      return core::Error{"store_failed", "the index names a record that is not there, seq " +
                                             std::to_string(seq) + ": the database is damaged"};
    }
    return Known{seq, known_.integer(0), known_.integer(1) != 0, known_.integer(2) != 0,
                 known_.integer(3) != 0};
  }

  static void bind_record(SqliteStatement& statement, const Record& record) {
    statement.bind_text(5, record.id);
    statement.bind_text(6, record.payload);
    statement.bind(7, record.deleted ? 1 : 0);
    statement.bind_text(8, to_string(record.action));
    bind_or_null(statement, 9, record.first_seen_at);
    statement.bind_text(10, record.last_modified_at);
    bind_or_null(statement, 11, record.deleted_at);
    bind_or_null(statement, 12, record.pruned_at);
    statement.bind_text(13, record.cursor);
    statement.bind(14, micros(record.modified));
  }

  // Larger than SQLite takes: trying again would not help.
  static core::Error refused(const Record& record, const core::Error& error) {
    constexpr std::size_t kMostBytes = 900'000'000;
    if (record.payload.size() < kMostBytes) return error;
    return {"cannot_store_record", "record \"" + std::string(record.id) + "\": " + error.message};
  }

  core::Result<void> move_cursor(const StreamRow& row, const Batch& batch) {
    const std::string now = core::format_rfc3339(batch.now);
    SqliteStatement& statement = batch.move ? move_ : count_;
    int parameter = 1;
    statement.bind(parameter++, row.number);
    if (batch.move) statement.bind_text(parameter++, batch.move->to);
    if (row.position.newest) {
      statement.bind(parameter++, micros(*row.position.newest));
    } else {
      statement.bind_null(parameter++);
    }
    statement.bind(parameter++, static_cast<std::int64_t>(row.position.records));
    statement.bind(parameter++, static_cast<std::int64_t>(row.deleted));
    if (batch.move) statement.bind_text(parameter, now);
    return statement.run();
  }

  static StreamStatus status_of(const SqliteStatement& row) {
    const auto text = [&](int column) { return std::string(row.bytes(column)); };
    StreamStatus status;
    status.stream = {text(0), text(1), text(2), text(3)};
    if (row.kind(4) != SQLITE_NULL) status.position.cursor = text(4);
    if (row.kind(5) != SQLITE_NULL) {
      status.position.newest = core::Time(core::Duration(row.integer(5)));
    }
    status.position.records = static_cast<std::uint64_t>(row.integer(6));
    status.deleted = static_cast<std::uint64_t>(row.integer(7));
    status.health = text(8);
    status.error = {text(9), text(10)};
    status.record = text(11);
    status.moved_at = core::parse_rfc3339(row.bytes(12));
    status.up_to_date_at = core::parse_rfc3339(row.bytes(13));
    return status;
  }

  static core::Result<void> read_in_order(const Stream& stream, SqliteStatement& order,
                                          SqliteStatement& one,
                                          const std::function<bool(const StoredRecord&)>& each) {
    while (true) {
      const auto next = order.step();
      if (!next) return failed(next.error());
      if (!*next) return {};
      one.rewind();
      one.bind(1, order.integer(0));
      const auto found = one.step();
      if (!found) return failed(found.error());
      if (!*found) continue;
      const auto text = [&](int column) { return std::string(one.bytes(column)); };
      const StoredRecord record{stream,  text(0), text(1), one.integer(2) != 0,
                                text(3), text(4), text(5), text(6),
                                text(7), text(8)};
      if (!each(record)) return {};
    }
  }

  SqliteConnection connection_;
  std::string path_;
  SqliteStatement begin_;
  SqliteStatement commit_;
  SqliteStatement rollback_;
  SqliteStatement version_;
  SqliteStatement find_row_;
  SqliteStatement add_row_;
  SqliteStatement move_;
  SqliteStatement count_;
  SqliteStatement set_health_;
  SqliteStatement known_;
  SqliteStatement insert_;
  SqliteStatement update_;
  std::optional<RecordIndex> index_;
  // Changes when another connection has written.
  std::int64_t data_version_ = 0;
};

core::Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, Open how) {
  struct stat info {};
  if (how == Open::kOnlyExisting && ::stat(path.c_str(), &info) != 0) {
    return core::Error{"no_database",
                       "there is no file '" + path + "'; expected the --database of a sync"};
  }
  auto connection = how == Open::kOnlyExisting ? SqliteConnection::open_to_read(path, path)
                                               : SqliteConnection::open(path, path);
  if (!connection) {
    return core::Error{"store_failed", connection.error().message};
  }
  auto impl = std::make_unique<Impl>(*std::move(connection), path);
  if (auto prepared = impl->prepare(path, how); !prepared) return prepared.error();
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(impl)));
}

SqliteStore::SqliteStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteStore::~SqliteStore() = default;

core::Result<StoredPosition> SqliteStore::position(const Stream& stream) {
  return impl_->position(stream);
}
core::Result<Committed> SqliteStore::commit(const Batch& batch) { return impl_->commit(batch); }
core::Result<void> SqliteStore::report(const Stream& stream, const Report& report) {
  return impl_->report(stream, report);
}
core::Result<std::vector<StreamStatus>> SqliteStore::status() { return impl_->status(); }
core::Result<StoreNotes> SqliteStore::notes() { return impl_->notes(); }
core::Result<void> SqliteStore::read(const Stream& stream,
                                     const std::function<bool(const StoredRecord&)>& each) {
  return impl_->read(stream, each);
}

}  // namespace terapi::client
