#include "client/postgres/postgres_schema.h"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace terapi::client {
namespace {

constexpr std::string_view kSchemaVersion = "1";
constexpr std::string_view kMetaTable = "terapi_sync_meta";

// Table and column names to types, as the server tells them.
using PostgresColumns = std::map<std::string, std::map<std::string, std::string>>;

const std::map<std::string, std::vector<std::string>>& expected_columns() {
  static const std::map<std::string, std::vector<std::string>> kExpected = {
      {"records",
       {"integration", "connection", "model", "variant", "id", "payload", "deleted", "last_action",
        "first_seen_at", "last_modified_at", "deleted_at", "pruned_at", "cursor", "modified_us",
        "seq"}},
      {"cursors",
       {"integration", "connection", "model", "variant", "cursor", "newest_us", "records",
        "deleted", "seq", "health", "error_code", "error", "error_record", "moved_at",
        "up_to_date_at", "lease_owner", "lease_until"}},
      {"terapi_sync_meta", {"name", "value"}}};
  return kExpected;
}

std::vector<std::string> table_statements(const std::string& payload_type) {
  const std::string stream =
      "integration text NOT NULL, connection text NOT NULL, model text NOT NULL, "
      "variant text NOT NULL, ";
  return {
      "CREATE TABLE IF NOT EXISTS terapi_sync_meta (name text PRIMARY KEY, value text NOT NULL)",
      "CREATE TABLE IF NOT EXISTS records (" + stream + "id text NOT NULL, payload " +
          payload_type +
          ", deleted boolean NOT NULL, last_action text NOT NULL, first_seen_at text, "
          "last_modified_at text, deleted_at text, pruned_at text, cursor text NOT NULL, "
          "modified_us bigint NOT NULL, seq bigint NOT NULL, "
          "PRIMARY KEY (integration, connection, model, variant, id))",
      "CREATE TABLE IF NOT EXISTS cursors (" + stream +
          "cursor text, newest_us bigint, records bigint NOT NULL DEFAULT 0, "
          "deleted bigint NOT NULL DEFAULT 0, seq bigint NOT NULL DEFAULT 0, health text, "
          "error_code text, error text, error_record text, moved_at timestamptz, "
          "up_to_date_at timestamptz, lease_owner text, lease_until timestamptz, "
          "PRIMARY KEY (integration, connection, model, variant))",
      "INSERT INTO terapi_sync_meta (name, value) VALUES ('schema', '" +
          std::string(kSchemaVersion) + "') ON CONFLICT (name) DO NOTHING"};
}

core::Result<PostgresColumns> find_columns(PostgresConnection& connection) {
  auto rows = connection.run(
      "SELECT table_name, column_name, data_type FROM information_schema.columns "
      "WHERE table_schema = current_schema() "
      "AND table_name IN ('records', 'cursors', 'terapi_sync_meta')");
  if (!rows) return rows.error();
  PostgresColumns found;
  for (int row = 0; row < rows->size(); ++row) {
    found[std::string(rows->text(row, 0))].emplace(rows->text(row, 1), rows->text(row, 2));
  }
  return found;
}

core::Error foreign_table(const std::string& message) { return {"store_foreign", message}; }

// Before anything else: a newer version's tables may look in any way.
core::Result<void> check_version(PostgresConnection& connection, const PostgresColumns& found) {
  if (!found.contains(std::string(kMetaTable))) return {};
  auto rows = connection.run("SELECT value FROM terapi_sync_meta WHERE name = 'schema'");
  if (!rows) return rows.error();
  const std::string version = rows->size() == 0 ? "none" : std::string(rows->text(0, 0));
  if (version == kSchemaVersion) return {};
  const bool number = version.find_first_not_of("0123456789") == std::string::npos;
  return core::Error{number ? "store_too_new" : "store_foreign",
                     "table terapi_sync_meta: the version of the tables is " + version +
                         "; expected " + std::string(kSchemaVersion) +
                         ", the one that this program knows"};
}

core::Result<void> check_columns(const PostgresColumns& found) {
  for (const auto& [table, columns] : expected_columns()) {
    const auto at = found.find(table);
    if (at == found.end()) continue;
    for (const std::string& column : columns) {
      if (at->second.contains(column)) continue;
      std::string message = "table ";
      message.append(table).append(" is there, but has no column ").append(column);
      message +=
          ": it belongs to something else; expected an empty schema, or one that this "
          "program has made";
      return foreign_table(message);
    }
  }
  return {};
}

// Spaces, the order of keys and a zero that jsonb would drop or move.
core::Result<std::string> probe_payload_type(PostgresConnection& connection) {
  const std::string text = R"({"b": 1.0,"a":1e2})";
  auto rows =
      connection.run("SELECT CAST(CAST($1 AS json) AS text)", PostgresParameters().text(text));
  if (!rows) return rows.error();
  return std::string(rows->text(0, 0) == text ? "json" : "text");
}

core::Result<void> create_tables(PostgresConnection& connection, const std::string& payload_type) {
  auto transaction = PostgresTransaction::begin(connection);
  if (!transaction) return transaction.error();
  for (const std::string& statement : table_statements(payload_type)) {
    auto done = connection.run(statement);
    // Nothing is there yet that a row could violate but another worker's same table.
    if (!done && done.error().code == kPostgresData) {
      return core::Error{std::string(kPostgresRetry), done.error().message};
    }
    if (!done) return done.error();
  }
  return transaction->commit();
}

}  // namespace

core::Result<PostgresSchema> PostgresSchema::prepare(PostgresConnection& connection,
                                                     bool make_tables) {
  auto found = find_columns(connection);
  if (!found) return found.error();
  auto right_version = check_version(connection, *found);
  if (!right_version) return right_version.error();
  auto right_columns = check_columns(*found);
  if (!right_columns) return right_columns.error();

  if (found->size() == expected_columns().size()) {
    const std::string type = (*found)["records"]["payload"];
    if (type == "json" || type == "text") return PostgresSchema{type};
    return foreign_table("table records: the type of column payload is " + type +
                         "; expected json or text, which keep a record as it was served");
  }
  if (!make_tables) {
    return core::Error{"no_database",
                       "the PostgreSQL database has no tables of a sync; expected the --database "
                       "of one"};
  }
  auto payload_type = probe_payload_type(connection);
  if (!payload_type) return payload_type.error();
  auto created = create_tables(connection, *payload_type);
  if (!created) return created.error();
  return PostgresSchema{*payload_type};
}

}  // namespace terapi::client
