#include "client/postgres/postgres_record_writer.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>

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
    "FROM ";

constexpr std::string_view kArrays =
    "unnest($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS u (id, payload, deleted, "
    "last_action, first_seen_at, last_modified_at, deleted_at, pruned_at, cursor, modified_us, "
    "seq)";

constexpr std::string_view kColumns =
    "records (integration, connection, model, variant, id, payload, deleted, last_action, "
    "first_seen_at, last_modified_at, deleted_at, pruned_at, cursor, modified_us, seq)";

// A record whose cursor stayed has not moved in the list, so that its seq stays as well: among
// records of one time it is what orders them (CUR-5).
constexpr std::string_view kNewValues =
    "deleted = EXCLUDED.deleted, last_action = EXCLUDED.last_action, "
    "first_seen_at = EXCLUDED.first_seen_at, last_modified_at = EXCLUDED.last_modified_at, "
    "deleted_at = EXCLUDED.deleted_at, pruned_at = EXCLUDED.pruned_at, "
    "cursor = EXCLUDED.cursor, modified_us = EXCLUDED.modified_us, "
    "seq = CASE WHEN records.modified_us = EXCLUDED.modified_us "
    "AND records.cursor = EXCLUDED.cursor THEN records.seq ELSE EXCLUDED.seq + 1 END ";

// Newer; or of the same time, and not what a re-read brings again.
constexpr std::string_view kNewState =
    "WHERE (records.modified_us < EXCLUDED.modified_us "
    "OR (records.modified_us = EXCLUDED.modified_us AND (records.cursor <> EXCLUDED.cursor "
    "OR records.deleted <> EXCLUDED.deleted "
    "OR (records.pruned_at IS NULL) <> (EXCLUDED.pruned_at IS NULL)))) ";

constexpr std::string_view kCounts =
    "SELECT count(*), count(CASE WHEN i.was_deleted IS NULL THEN 1 END), "
    "count(CASE WHEN s.deleted AND NOT coalesce(i.was_deleted, false) THEN 1 END), "
    "count(CASE WHEN i.was_deleted AND NOT s.deleted THEN 1 END) "
    "FROM stored AS s JOIN incoming AS i ON i.id = s.id";

// Stores the rows of `from`, where that is new.
std::string insert_from(std::string_view from, const std::string& payload_type) {
  std::string sql("INSERT INTO ");
  sql += kColumns;
  sql += " SELECT $1, $2, $3, $4, id, CAST(payload AS " + payload_type +
         "), deleted, last_action, first_seen_at, last_modified_at, deleted_at, pruned_at, "
         "cursor, modified_us, seq FROM ";
  sql += from;
  sql += " ON CONFLICT (integration, connection, model, variant, id) DO UPDATE SET payload = ";
  sql += kNewPayload;
  sql += ", ";
  sql += kNewValues;
  sql += kNewState;
  return sql;
}

std::string any_statement(const std::string& payload_type) {
  std::string sql(kIncoming);
  sql += kArrays;
  sql += "), stored AS (" + insert_from("incoming", payload_type) + "RETURNING id, deleted) ";
  sql += kCounts;
  return sql;
}

std::string live_statement(const std::string& payload_type) {
  return insert_from(kArrays, payload_type) + "AND NOT records.deleted RETURNING id, seq";
}

std::string copy_statement() {
  return "COPY " + std::string(kColumns) + " FROM STDIN (FORMAT binary)";
}

template <typename Run>
PostgresParameters store_parameters(const Stream& stream, const Run& run) {
  auto id = PostgresArray::texts(), payload = PostgresArray::texts(),
       action = PostgresArray::texts(), first_seen = PostgresArray::texts(),
       last_modified = PostgresArray::texts(), deleted_at = PostgresArray::texts(),
       pruned_at = PostgresArray::texts(), cursor = PostgresArray::texts();
  auto deleted = PostgresArray::booleans();
  auto modified = PostgresArray::integers(), seq = PostgresArray::integers();
  std::size_t bytes = 0;
  for (const auto& numbered : run) bytes += numbered.record->payload.size() + 4;
  payload.reserve(bytes);
  for (const auto& numbered : run) {
    const Record& record = *numbered.record;
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
    seq.add_integer(numbered.seq);
  }
  PostgresParameters parameters;
  parameters.text(stream.integration).text(stream.connection).text(stream.model);
  parameters.text(stream.variant).array(id).array(payload).array(deleted).array(action);
  parameters.array(first_seen).array(last_modified).array(deleted_at).array(pruned_at);
  parameters.array(cursor).array(modified).array(seq);
  return parameters;
}

void add_row(PostgresCopy& copy, const Stream& stream, const Record& record, std::int64_t seq) {
  copy.row(15).text(stream.integration).text(stream.connection).text(stream.model);
  copy.text(stream.variant).text(record.id).text_or_null(record.payload).boolean(record.deleted);
  copy.text(to_string(record.action)).text_or_null(record.first_seen_at);
  copy.text_or_null(record.last_modified_at).text_or_null(record.deleted_at);
  copy.text_or_null(record.pruned_at).text(record.cursor);
  copy.integer(record.modified.time_since_epoch().count()).integer(seq);
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
    : connection_(connection), stream_(stream), payload_type_(payload_type) {}

core::Result<PostgresRecordWriter::Change> PostgresRecordWriter::write(
    std::span<const Record> records, std::int64_t last_seq, const IsNew& is_new) {
  Change total{.last_seq = last_seq};
  while (!records.empty()) {
    const std::size_t length = statement_length(records);
    Run run;
    run.reserve(length);
    for (const Record& record : records.first(length)) {
      run.push_back({&record, total.last_seq + 1});
      total.last_seq += 2;
    }
    auto written = write_run(run, is_new, total);
    if (!written) return written.error();
    records = records.subspan(length);
  }
  return total;
}

core::Result<void> PostgresRecordWriter::write_run(const Run& run, const IsNew& is_new,
                                                   Change& total) {
  Run added, live, any;
  for (const Numbered& numbered : run) {
    const bool fresh = is_new && is_new(numbered.record->id);
    const bool alone = run.size() < kMany || numbered.record->deleted;
    (fresh ? added : alone ? any : live).push_back(numbered);
  }
  if (auto done = copy(added, total); !done) return done;
  if (auto done = write_live(live, total, any); !done) return done;
  return write_any(any, total);
}

core::Result<void> PostgresRecordWriter::copy(const Run& run, Change& total) {
  if (run.empty()) return {};
  auto next = run.begin();
  auto stored = connection_.copy(copy_statement(), [&](PostgresCopy& rows) {
    if (next == run.end()) return false;
    add_row(rows, stream_, *next->record, next->seq);
    ++next;
    return true;
  });
  if (!stored) {
    const core::Error& error = stored.error();
    if (error.code != kPostgresFailed) return error;
    return core::Error{std::string(kPostgresCopyRefused), error.message};
  }
  total.deleted += std::count_if(run.begin(), run.end(),
                                 [](const Numbered& numbered) { return numbered.record->deleted; });
  total.changed += *stored;
  total.added += static_cast<std::int64_t>(*stored);
  return {};
}

core::Result<void> PostgresRecordWriter::write_live(const Run& run, Change& total, Run& left) {
  if (run.empty()) return {};
  auto rows = connection_.run(live_statement(payload_type_), store_parameters(stream_, run));
  if (!rows) return rows.error();
  std::unordered_map<std::string_view, std::int64_t> stored;
  for (int row = 0; row < rows->size(); ++row) {
    stored.emplace(rows->text(row, 0), rows->integer(row, 1));
  }
  total.changed += stored.size();
  for (const Numbered& numbered : run) {
    const auto at = stored.find(numbered.record->id);
    // Nothing new, or the revival of a tombstone.
    if (at == stored.end()) {
      left.push_back(numbered);
    } else if (at->second == numbered.seq) {
      ++total.added;
    }
  }
  return {};
}

core::Result<void> PostgresRecordWriter::write_any(const Run& run, Change& total) {
  if (run.empty()) return {};
  auto counts = connection_.run(any_statement(payload_type_), store_parameters(stream_, run));
  if (!counts) return counts.error();
  total.changed += static_cast<std::uint64_t>(counts->integer(0, 0));
  total.added += counts->integer(0, 1);
  total.deleted += counts->integer(0, 2) - counts->integer(0, 3);
  return {};
}

core::Result<std::optional<PostgresRecordWriter::Culprit>> PostgresRecordWriter::find_culprit(
    std::span<const Record> records) {
  auto transaction = PostgresTransaction::begin(connection_);
  if (!transaction) return transaction.error();
  for (const Record& record : records) {
    Change change;
    auto written = write_any({{&record, 1}}, change);
    if (written) continue;
    if (written.error().code != kPostgresData) return written.error();
    return std::optional(Culprit{&record, written.error()});
  }
  return std::optional<Culprit>();
}

}  // namespace terapi::client
