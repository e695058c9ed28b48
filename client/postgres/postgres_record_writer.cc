#include "client/postgres/postgres_record_writer.h"

#include <cstddef>
#include <string_view>
#include <unordered_set>

#include "client/postgres/postgres_parameters.h"

namespace terapi::client {
namespace {

// Texts of one statement: far below the protocol's limit of 1 GB.
constexpr std::size_t kStatementBytes = std::size_t{16} << 20;

// The stored payload stays when none came, or when it was emptied on the server (PRUNE-1).
constexpr std::string_view kNewPayload =
    "CASE WHEN EXCLUDED.payload IS NULL "
    "OR (EXCLUDED.pruned_at IS NOT NULL AND records.payload IS NOT NULL) "
    "THEN records.payload ELSE EXCLUDED.payload END";

// Reads, for each record, whether it was there and deleted before: the sub-select is a look-up by
// the whole primary key whatever the planner believes about the table, where a join might become
// a scan. All parts of a statement see the rows as they were before it.
constexpr std::string_view kIncoming =
    "WITH incoming AS (SELECT u.*, (SELECT r.deleted FROM records AS r WHERE r.integration = $1 "
    "AND r.connection = $2 AND r.model = $3 AND r.variant = $4 AND r.id = u.id) AS was_deleted "
    "FROM unnest($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS u (id, payload, deleted, "
    "last_action, first_seen_at, last_modified_at, deleted_at, pruned_at, cursor, modified_us, "
    "seq)), ";

// A record whose cursor stayed has not moved in the list, so that its seq stays as well: among
// records of one time it is what orders them (CUR-5).
constexpr std::string_view kNewValues =
    "deleted = EXCLUDED.deleted, last_action = EXCLUDED.last_action, "
    "first_seen_at = EXCLUDED.first_seen_at, last_modified_at = EXCLUDED.last_modified_at, "
    "deleted_at = EXCLUDED.deleted_at, pruned_at = EXCLUDED.pruned_at, "
    "cursor = EXCLUDED.cursor, modified_us = EXCLUDED.modified_us, "
    "seq = CASE WHEN records.modified_us = EXCLUDED.modified_us "
    "AND records.cursor = EXCLUDED.cursor THEN records.seq ELSE EXCLUDED.seq END ";

// Newer; or of the same time, and not what a re-read brings again.
constexpr std::string_view kNewState =
    "WHERE records.modified_us < EXCLUDED.modified_us "
    "OR (records.modified_us = EXCLUDED.modified_us AND (records.cursor <> EXCLUDED.cursor "
    "OR records.deleted <> EXCLUDED.deleted "
    "OR (records.pruned_at IS NULL) <> (EXCLUDED.pruned_at IS NULL))) ";

constexpr std::string_view kCounts =
    "SELECT count(*), count(CASE WHEN i.was_deleted IS NULL THEN 1 END), "
    "count(CASE WHEN s.deleted AND NOT coalesce(i.was_deleted, false) THEN 1 END), "
    "count(CASE WHEN i.was_deleted AND NOT s.deleted THEN 1 END) "
    "FROM stored AS s JOIN incoming AS i ON i.id = s.id";

std::string store_statement(const std::string& payload_type) {
  std::string sql(kIncoming);
  sql +=
      "stored AS (INSERT INTO records (integration, connection, model, variant, id, payload, "
      "deleted, last_action, first_seen_at, last_modified_at, deleted_at, pruned_at, cursor, "
      "modified_us, seq) SELECT $1, $2, $3, $4, id, CAST(payload AS " +
      payload_type +
      "), deleted, last_action, first_seen_at, last_modified_at, deleted_at, pruned_at, cursor, "
      "modified_us, seq FROM incoming "
      "ON CONFLICT (integration, connection, model, variant, id) DO UPDATE SET payload = ";
  sql += kNewPayload;
  sql += ", ";
  sql += kNewValues;
  sql += kNewState;
  sql += "RETURNING id, deleted) ";
  sql += kCounts;
  return sql;
}

PostgresParameters store_parameters(const Stream& stream, std::span<const Record> records,
                                    std::int64_t last_seq) {
  auto id = PostgresArray::texts(), payload = PostgresArray::texts(),
       action = PostgresArray::texts(), first_seen = PostgresArray::texts(),
       last_modified = PostgresArray::texts(), deleted_at = PostgresArray::texts(),
       pruned_at = PostgresArray::texts(), cursor = PostgresArray::texts();
  auto deleted = PostgresArray::booleans();
  auto modified = PostgresArray::integers(), seq = PostgresArray::integers();
  for (const Record& record : records) {
    id.add(record.id);
    payload.add_or_null(record.payload);
    deleted.add_boolean(record.deleted);
    action.add(to_string(record.action));
    first_seen.add_or_null(record.first_seen_at);
    last_modified.add_or_null(record.last_modified_at);
    deleted_at.add_or_null(record.deleted_at);
    pruned_at.add_or_null(record.pruned_at);
    cursor.add(record.cursor);
    modified.add_integer(record.modified.time_since_epoch().count());
    seq.add_integer(++last_seq);
  }
  PostgresParameters parameters;
  parameters.text(stream.integration).text(stream.connection).text(stream.model);
  parameters.text(stream.variant).array(id).array(payload).array(deleted).array(action);
  parameters.array(first_seen).array(last_modified).array(deleted_at).array(pruned_at);
  parameters.array(cursor).array(modified).array(seq);
  return parameters;
}

std::size_t text_bytes(const Record& record) { return record.payload.size() + record.id.size(); }

// How many of the first records make one statement: it cannot touch a row twice, so it ends where
// an id comes again, or where there is enough.
std::size_t statement_length(std::span<const Record> records) {
  std::unordered_set<std::string_view> ids;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    bytes += text_bytes(records[i]);
    if (i > 0 && bytes > kStatementBytes) return i;
    if (!ids.insert(records[i].id).second) return i;
  }
  return records.size();
}

}  // namespace

PostgresRecordWriter::PostgresRecordWriter(PostgresConnection& connection, const Stream& stream,
                                           const std::string& payload_type)
    : connection_(connection), stream_(stream), sql_(store_statement(payload_type)) {}

core::Result<PostgresRecordWriter::Change> PostgresRecordWriter::write(
    std::span<const Record> records, std::int64_t last_seq) {
  Change total;
  while (!records.empty()) {
    const std::size_t length = statement_length(records);
    auto change = write_statement(records.first(length), last_seq);
    if (!change) return change.error();
    total.changed += change->changed;
    total.added += change->added;
    total.deleted += change->deleted;
    last_seq += static_cast<std::int64_t>(length);
    records = records.subspan(length);
  }
  return total;
}

core::Result<PostgresRecordWriter::Change> PostgresRecordWriter::write_statement(
    std::span<const Record> records, std::int64_t last_seq) {
  auto counts = connection_.run(sql_, store_parameters(stream_, records, last_seq));
  if (!counts) return counts.error();
  Change change;
  change.changed = static_cast<std::uint64_t>(counts->integer(0, 0));
  change.added = counts->integer(0, 1);
  change.deleted = counts->integer(0, 2) - counts->integer(0, 3);
  return change;
}

core::Result<std::optional<PostgresRecordWriter::Culprit>> PostgresRecordWriter::find_culprit(
    std::span<const Record> records) {
  auto transaction = PostgresTransaction::begin(connection_);
  if (!transaction) return transaction.error();
  for (const Record& record : records) {
    auto change = write_statement({&record, 1}, 0);
    if (change) continue;
    if (change.error().code != kPostgresData) return change.error();
    return std::optional(Culprit{&record, change.error()});
  }
  return std::optional<Culprit>();
}

}  // namespace terapi::client
