// PostgresSchema: the tables of PostgresStore, made when they are missing. Users may query them:
//
//   records(integration, connection, model, variant, id, payload, deleted, last_action,
//           first_seen_at, last_modified_at, deleted_at, pruned_at, cursor, modified_us, seq)
//     One row for each record, a tombstone when `deleted`. `payload` is the record's JSON as it
//     was served, of type json, which keeps every digit and the order of keys, as jsonb would
//     not. Timestamps are texts as they were served. (modified_us, seq) is the cursor order:
//     last_modified_at in microseconds since 1970, and the order in which rows were stored.
//   cursors(integration, connection, model, variant, cursor, newest_us, records, deleted, seq,
//           health, error_code, error, error_record, moved_at, up_to_date_at,
//           lease_owner, lease_until)
//     One row for each stream: its position and its state. `seq` is the last one given out.
//   terapi_sync_meta(name, value)
//     Row "schema": the version of these tables.
//
// They live in the connection's current schema (the first of its search_path that exists).
//
// Errors: "store_foreign" when tables of these names exist that are not ours, "store_too_new" when
// they are those of a newer version; nothing was changed then. And the codes of PostgresConnection.
#pragma once

#include <string>

#include "client/postgres/postgres_connection.h"
#include "core/result.h"

namespace terapi::client {

struct PostgresSchema {
  // "json"; "text" on servers whose json does not keep the text (it is jsonb by another name).
  std::string payload_type;

  // Without `make_tables`, "no_database" where they are missing.
  static core::Result<PostgresSchema> prepare(PostgresConnection& connection, bool make_tables);
};

}  // namespace terapi::client
