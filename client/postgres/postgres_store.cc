#include "client/postgres/postgres_store.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <thread>

#include "client/postgres/postgres_known_ids.h"
#include "client/postgres/postgres_pool.h"
#include "client/postgres/postgres_record_writer.h"
#include "client/postgres/postgres_schema.h"
#include "core/utf8.h"

namespace terapi::client {
namespace {

// Enough for workers that meet now and then; beyond it something is wrong with the database.
constexpr int kPostgresAttempts = 6;

// The commit of a page does not wait until it is on disk, nor on a standby.
const std::string kPageSettings = "SET LOCAL synchronous_commit = off";

const std::string kOfStream =
    " WHERE integration = $1 AND connection = $2 AND model = $3 AND variant = $4";

PostgresParameters stream_parameters(const Stream& stream) {
  PostgresParameters parameters;
  parameters.text(stream.integration).text(stream.connection);
  parameters.text(stream.model).text(stream.variant);
  return parameters;
}

std::string random_owner() {
  std::random_device device;
  std::string name = "worker-";
  for (int i = 0; i < 16; ++i) name += "0123456789abcdef"[device() % 16];
  return name;
}

// Workers that were in each other's way should not meet again in step.
void wait_before_attempt(int attempt) {
  std::random_device device;
  const unsigned longest = 5U << static_cast<unsigned>(attempt);
  std::this_thread::sleep_for(std::chrono::milliseconds(1 + device() % longest));
}

// Microseconds as a timestamptz, and back; exact, unlike to_timestamp(seconds).
std::string time_from(const std::string& microseconds) {
  return "(TIMESTAMP WITH TIME ZONE 'epoch' + " + microseconds + " * INTERVAL '1 microsecond')";
}
std::string microseconds_from(const std::string& time) {
  return "CAST(round(extract(epoch FROM " + time + ") * 1000000) AS bigint)";
}

std::int64_t microseconds_of(core::Time time) { return time.time_since_epoch().count(); }

std::optional<core::Time> time_at(const PostgresRows& rows, int row, int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return core::Time(core::Duration(rows.integer(row, column)));
}

std::optional<std::string> text_at(const PostgresRows& rows, int row, int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return std::string(rows.text(row, column));
}

// For reports: a message that quotes something odd must be stored nevertheless.
std::string as_postgres_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = core::utf8_sequence_length(text);
    const bool storable = length > 0 && text[0] != '\0';
    out += storable ? text.substr(0, length) : "?";
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

StoredPosition position_at(const PostgresRows& rows, int row, int column) {
  StoredPosition position;
  position.cursor = text_at(rows, row, column);
  position.newest = time_at(rows, row, column + 1);
  position.records = static_cast<std::uint64_t>(rows.integer(row, column + 2));
  return position;
}

StreamStatus status_at(const PostgresRows& rows, int row) {
  const auto text = [&](int column) { return std::string(rows.text(row, column)); };
  StreamStatus status;
  status.stream = {text(0), text(1), text(2), text(3)};
  status.position = position_at(rows, row, 4);
  status.deleted = static_cast<std::uint64_t>(rows.integer(row, 7));
  status.health = text(8);
  status.error = {text(9), text(10)};
  status.record = text(11);
  status.moved_at = time_at(rows, row, 12);
  status.up_to_date_at = time_at(rows, row, 13);
  return status;
}

StoredRecord record_at(const Stream& stream, const PostgresRows& rows) {
  const auto text = [&](int column) { return std::string(rows.text(0, column)); };
  StoredRecord record;
  record.stream = stream;
  record.id = text(0);
  record.payload = text(1);
  record.deleted = rows.boolean(0, 2);
  record.last_action = text(3);
  record.first_seen_at = text(4);
  record.last_modified_at = text(5);
  record.deleted_at = text(6);
  record.pruned_at = text(7);
  record.cursor = text(8);
  return record;
}

// The stream's row, locked until the transaction ends. The insert is for a stream that nobody has
// seen; when two workers try, the second one waits for the first and then finds its row.
PostgresStatement look_at_cursor(const Stream& stream) {
  return {"SELECT cursor, seq FROM cursors" + kOfStream + " FOR UPDATE", stream_parameters(stream)};
}
core::Result<PostgresRows> lock_cursor(PostgresConnection& connection, const Stream& stream,
                                       PostgresRows looked_at) {
  if (looked_at.size() == 1) return looked_at;
  auto inserted = connection.run(
      "INSERT INTO cursors (integration, connection, model, variant) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (integration, connection, model, variant) DO NOTHING",
      stream_parameters(stream));
  if (!inserted) return inserted;
  const PostgresStatement again = look_at_cursor(stream);
  auto rows = connection.run(again.sql, again.parameters);
  if (!rows || rows->size() == 1) return rows;
  return core::Error{std::string(kPostgresRetry), "the row in cursors was deleted meanwhile"};
}

PostgresStatement move_cursor(const Batch& batch, const PostgresRecordWriter::Change& change) {
  PostgresParameters parameters = stream_parameters(batch.stream);
  batch.move ? parameters.text(batch.move->to) : parameters.null_text();
  const auto newest =
      std::max_element(batch.records.begin(), batch.records.end(),
                       [](const Record& a, const Record& b) { return a.modified < b.modified; });
  newest == batch.records.end() ? parameters.null_integer()
                                : parameters.integer(microseconds_of(newest->modified));
  parameters.integer(change.added).integer(change.deleted);
  parameters.integer(change.last_seq);
  batch.move ? parameters.integer(microseconds_of(batch.now)) : parameters.null_integer();
  return {
      "UPDATE cursors SET cursor = coalesce($5, cursor), newest_us = greatest(newest_us, $6), "
      "records = records + $7, deleted = deleted + $8, seq = $9, moved_at = coalesce(" +
          time_from("$10") + ", moved_at)" + kOfStream,
      parameters};
}

}  // namespace

core::Result<std::unique_ptr<PostgresStore>> PostgresStore::open(const std::string& url,
                                                                 PostgresOptions options) {
  auto parsed = PostgresUrl::parse(url);
  if (!parsed) return parsed.error();
  if (options.owner.empty()) options.owner = random_owner();
  options.connections = std::max<std::size_t>(options.connections, 1);
  const bool make_tables = options.make_tables;
  std::unique_ptr<PostgresStore> store(new PostgresStore(std::move(*parsed), std::move(options)));
  auto schema = store->attempt<PostgresSchema>("open", [&](PostgresConnection& connection) {
    return PostgresSchema::prepare(connection, make_tables);
  });
  if (!schema) return schema.error();
  store->payload_type_ = std::move(schema->payload_type);
  auto found = store->find_settings();
  if (!found) return found.error();
  return store;
}

PostgresStore::PostgresStore(PostgresUrl url, PostgresOptions options)
    : pool_(std::make_unique<PostgresPool>(std::move(url), options.connections)),
      known_ids_(std::make_unique<PostgresKnownIds>(options.connections)),
      owner_(std::move(options.owner)) {}

PostgresStore::~PostgresStore() = default;

// Outside a transaction the statement does nothing, but tells whether the server knows it.
core::Result<void> PostgresStore::find_settings() {
  return attempt<void>("open", [&](PostgresConnection& connection) -> core::Result<void> {
    auto set = connection.run(kPageSettings);
    page_settings_ = set.has_value();
    if (!set && set.error().code == kPostgresLost) return set.error();
    return {};
  });
}

std::size_t PostgresStore::calls_at_once() const { return pool_->size(); }

template <typename T>
core::Result<T> PostgresStore::attempt(
    const std::string& what, const std::function<core::Result<T>(PostgresConnection&)>& work) {
  const auto failed = [&](const core::Error& error) {
    return core::Error{error.code.starts_with("postgres_") ? "store_failed" : error.code,
                       "PostgreSQL " + pool_->url().target() + ": " + what + ": " + error.message};
  };
  for (int attempt = 1;; ++attempt) {
    auto connection = pool_->take();
    if (!connection) return failed(connection.error());
    core::Result<T> result = work(**connection);
    if (result) return result;
    const std::string& code = result.error().code;
    if (code == kPostgresLost) pool_->close_idle();
    const bool again = (code == kPostgresLost && attempt == 1) ||
                       (code == kPostgresRetry && attempt < kPostgresAttempts);
    if (!again) return failed(result.error());
    if (code == kPostgresRetry) wait_before_attempt(attempt);
  }
}

core::Result<StoredPosition> PostgresStore::position(const Stream& stream) {
  return attempt<StoredPosition>(
      "position of " + to_string(stream),
      [&](PostgresConnection& connection) -> core::Result<StoredPosition> {
        auto rows = connection.run("SELECT cursor, newest_us, records FROM cursors" + kOfStream,
                                   stream_parameters(stream));
        if (!rows) return rows.error();
        return rows->size() == 0 ? StoredPosition() : position_at(*rows, 0, 0);
      });
}

core::Result<Committed> PostgresStore::commit(const Batch& batch) {
  bool refused = false;
  auto committed = attempt<Committed>("commit to " + to_string(batch.stream),
                                      [&](PostgresConnection& connection) {
                                        auto done = commit_once(connection, batch);
                                        if (!done) done = without_copy(batch.stream, done.error());
                                        refused = !done && done.error().code == kPostgresData;
                                        return done;
                                      });
  if (!refused) return committed;
  return name_culprit(batch, committed.error());
}

core::Result<Committed> PostgresStore::commit_once(PostgresConnection& connection,
                                                   const Batch& batch) const {
  std::vector<PostgresStatement> statements;
  if (page_settings_) statements.push_back({kPageSettings});
  statements.push_back(look_at_cursor(batch.stream));
  auto begun = PostgresTransaction::begin(connection, std::move(statements));
  if (!begun) return begun.error();
  auto locked = lock_cursor(connection, batch.stream, std::move(begun->rows));
  if (!locked) return locked.error();
  if (batch.move && batch.move->from != text_at(*locked, 0, 0)) return Committed{true, 0};

  std::shared_ptr<BloomFilter> known;
  PostgresRecordWriter::IsNew is_new;
  if (batch.records.size() >= PostgresRecordWriter::kMany) {
    known = known_ids_->of(batch.stream, locked->integer(0, 1));
  }
  if (known) {
    is_new = [&known](std::string_view id) {
      if (known->may_hold(id)) return false;
      known->add(id);
      return true;
    };
  }
  PostgresRecordWriter writer(connection, batch.stream, payload_type_);
  auto change = writer.write(batch.records, locked->integer(0, 1), is_new);
  if (!change) return change.error();
  auto committed = begun->transaction.commit(move_cursor(batch, *change));
  if (!committed) return committed.error();
  if (known) known_ids_->stored(batch.stream, change->last_seq);
  return Committed{false, change->changed};
}

// Once more by statements, when COPY may have been the reason: a row that should not be there, or
// tables that take none.
core::Error PostgresStore::without_copy(const Stream& stream, const core::Error& error) {
  const bool refused = error.code == kPostgresCopyRefused;
  if (refused) known_ids_->close();
  const bool again = refused || (error.code == kPostgresData && known_ids_->refuse(stream));
  return again ? core::Error{std::string(kPostgresRetry), error.message} : error;
}

// A statement with a thousand records says that a value was refused, not which.
core::Error PostgresStore::name_culprit(const Batch& batch, const core::Error& error) {
  using Found = std::optional<PostgresRecordWriter::Culprit>;
  auto found = attempt<Found>("search for a record that cannot be stored",
                              [&](PostgresConnection& connection) {
                                return PostgresRecordWriter(connection, batch.stream, payload_type_)
                                    .find_culprit(batch.records);
                              });
  if (!found) return found.error();
  if (!*found) return error;
  return {"cannot_store_record",
          "PostgreSQL " + pool_->url().target() + ": " + to_string(batch.stream) + ": record \"" +
              as_postgres_text((*found)->record->id) + "\": " + (*found)->error.message};
}

core::Result<void> PostgresStore::report(const Stream& stream, const Report& report) {
  PostgresParameters parameters = stream_parameters(stream);
  parameters.text(to_string(report.health));
  parameters.text_or_null(as_postgres_text(report.error.code));
  parameters.text_or_null(as_postgres_text(report.error.message));
  parameters.text_or_null(as_postgres_text(report.record));
  report.health == Health::kUpToDate ? parameters.integer(microseconds_of(report.now))
                                     : parameters.null_integer();
  if (report.health == Health::kUpToDate) known_ids_->forget(stream);
  return attempt<void>(
      "report on " + to_string(stream), [&](PostgresConnection& connection) -> core::Result<void> {
        auto done = connection.run(
            "INSERT INTO cursors (integration, connection, model, variant, health, error_code, "
            "error, error_record, up_to_date_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, " +
                time_from("$9") +
                ") ON CONFLICT (integration, connection, model, variant) DO UPDATE SET "
                "health = EXCLUDED.health, error_code = EXCLUDED.error_code, "
                "error = EXCLUDED.error, error_record = EXCLUDED.error_record, "
                "up_to_date_at = coalesce(EXCLUDED.up_to_date_at, cursors.up_to_date_at)",
            parameters);
        if (!done) return done.error();
        return {};
      });
}

core::Result<bool> PostgresStore::claim(const Stream& stream, core::Duration span) {
  PostgresParameters parameters = stream_parameters(stream);
  parameters.text(owner_).integer(span.count());
  return attempt<bool>(
      "claim of " + to_string(stream), [&](PostgresConnection& connection) -> core::Result<bool> {
        auto done = connection.run(
            "INSERT INTO cursors (integration, connection, model, variant, lease_owner, "
            "lease_until) VALUES ($1, $2, $3, $4, $5, now() + $6 * INTERVAL '1 microsecond') "
            "ON CONFLICT (integration, connection, model, variant) DO UPDATE SET "
            "lease_owner = EXCLUDED.lease_owner, lease_until = EXCLUDED.lease_until "
            "WHERE cursors.lease_owner IS NULL OR cursors.lease_owner = EXCLUDED.lease_owner "
            "OR cursors.lease_until IS NULL OR cursors.lease_until < now()",
            parameters);
        if (!done) return done.error();
        return done->touched() == 1;
      });
}

core::Result<void> PostgresStore::release(const Stream& stream) {
  PostgresParameters parameters = stream_parameters(stream);
  parameters.text(owner_);
  return attempt<void>(
      "release of " + to_string(stream), [&](PostgresConnection& connection) -> core::Result<void> {
        auto done = connection.run("UPDATE cursors SET lease_owner = NULL, lease_until = NULL" +
                                       kOfStream + " AND lease_owner = $5",
                                   parameters);
        if (!done) return done.error();
        return {};
      });
}

core::Result<std::vector<StreamStatus>> PostgresStore::status() {
  // A stream that was only claimed was not synced.
  const std::string sql =
      "SELECT integration, connection, model, variant, cursor, newest_us, records, deleted, "
      "health, error_code, error, error_record, " +
      microseconds_from("moved_at") + ", " + microseconds_from("up_to_date_at") +
      " FROM cursors WHERE health IS NOT NULL OR cursor IS NOT NULL OR seq > 0";
  return attempt<std::vector<StreamStatus>>(
      "status", [&](PostgresConnection& connection) -> core::Result<std::vector<StreamStatus>> {
        auto rows = connection.run(sql);
        if (!rows) return rows.error();
        std::vector<StreamStatus> all;
        all.reserve(static_cast<std::size_t>(rows->size()));
        for (int row = 0; row < rows->size(); ++row) all.push_back(status_at(*rows, row));
        // Here, since the order of ORDER BY depends on the database's language.
        std::sort(all.begin(), all.end(),
                  [](const StreamStatus& a, const StreamStatus& b) { return a.stream < b.stream; });
        return all;
      });
}

core::Result<StoreNotes> PostgresStore::notes() {
  // \u0000, and no backslash that is an escape itself before it.
  const std::string sql =
      "SELECT integration, connection, model, variant, count(*) FROM records "
      "WHERE strpos(replace(payload::text, '\\\\', ''), '\\u0000') > 0 GROUP BY 1, 2, 3, 4";
  return attempt<StoreNotes>("count of payloads with NUL",
                             [&](PostgresConnection& connection) -> core::Result<StoreNotes> {
                               auto rows = connection.run(sql);
                               if (!rows) return rows.error();
                               StoreNotes notes;
                               for (int row = 0; row < rows->size(); ++row) {
                                 const auto text = [&](int column) {
                                   return std::string(rows->text(row, column));
                                 };
                                 notes.with_nul[{text(0), text(1), text(2), text(3)}] =
                                     static_cast<std::uint64_t>(rows->integer(row, 4));
                               }
                               return notes;
                             });
}

core::Result<void> PostgresStore::read(const Stream& stream,
                                       const std::function<bool(const StoredRecord&)>& each) {
  bool begun = false;
  return attempt<void>(
      "read " + to_string(stream), [&](PostgresConnection& connection) -> core::Result<void> {
        auto done = connection.run_each(
            "SELECT id, payload, deleted, last_action, first_seen_at, last_modified_at, "
            "deleted_at, pruned_at, cursor FROM records" +
                kOfStream + " ORDER BY modified_us, seq",
            stream_parameters(stream), [&](const PostgresRows& rows) {
              begun = true;
              return each(record_at(stream, rows));
            });
        if (done || !begun) return done;
        // Not again: `each` would be given the first records twice.
        return core::Error{std::string(kPostgresFailed), done.error().message};
      });
}

}  // namespace terapi::client
