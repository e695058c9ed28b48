// PostgresRecordWriter: stores the records of one stream, many in a statement, by the rules of
// Store::commit (CLIENT-8): what is older than the stored record changes nothing, a pruned record
// keeps the stored payload.
//
//   PostgresRecordWriter writer(connection, stream, "json");
//   auto change = writer.write(batch.records, seq);
//
// It runs in the caller's transaction, which holds the lock of the stream's row in `cursors`: the
// counts rely on nobody else writing the stream.
//
// Errors: the codes of PostgresConnection; kPostgresData says that some record cannot be stored,
// and find_culprit which. Thread rule: the connection's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "client/postgres/postgres_connection.h"
#include "client/record.h"
#include "client/stream.h"
#include "core/result.h"

namespace terapi::client {

class PostgresRecordWriter {
 public:
  struct Change {
    std::uint64_t changed = 0;  // rows that were written
    std::int64_t added = 0;     // of these, for ids that were not there
    std::int64_t deleted = 0;   // tombstones more than before
  };

  PostgresRecordWriter(PostgresConnection& connection, const Stream& stream,
                       const std::string& payload_type);

  // Record number i is stored with seq = last_seq + 1 + i.
  core::Result<Change> write(std::span<const Record> records, std::int64_t last_seq);

  // The first record that the server does not take, with its reason; none when it takes each. In a
  // transaction of its own, which is undone.
  struct Culprit {
    const Record* record;
    core::Error error;
  };
  core::Result<std::optional<Culprit>> find_culprit(std::span<const Record> records);

 private:
  core::Result<Change> write_statement(std::span<const Record> records, std::int64_t last_seq);

  PostgresConnection& connection_;
  const Stream& stream_;
  const std::string sql_;
};

}  // namespace terapi::client
