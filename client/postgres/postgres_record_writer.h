// PostgresRecordWriter: stores the records of one stream, many in a statement, by the rules of
// Store::commit (CLIENT-8): what is older than the stored record changes nothing, a pruned record
// keeps the stored payload.
//
//   PostgresRecordWriter writer(connection, stream, "json");
//   auto change = writer.write(batch.records, seq, [](std::string_view id) { return false; });
//
// It runs in the caller's transaction, which holds the lock of the stream's row in `cursors`: the
// counts rely on nobody else writing the stream, and so does COPY. Which ways a record may go:
//
//   copy()       an id that is surely not there, by COPY into `records` itself. Not by a staging
//                table: that is needed where a row may be in the way, and a temporary one changes
//                the catalogue in each transaction.
//   write_live() INSERT … ON CONFLICT, where record and stored record are no tombstones. It tells
//                a new id from a known one by `seq`, of which each record has two: no look-up.
//   write_any()  the same for every record, with a look-up of what was there. Of few records, all.
//
// Errors: the codes of PostgresConnection, and kPostgresCopyRefused; kPostgresData says that some
// record cannot be stored, and find_culprit which. Thread rule: the connection's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/postgres/postgres_connection.h"
#include "client/record.h"
#include "client/stream.h"
#include "core/result.h"

namespace terapi::client {

// The server takes no COPY here, and perhaps a statement.
inline constexpr std::string_view kPostgresCopyRefused = "postgres_copy_refused";

class PostgresRecordWriter {
 public:
  // From how many records on they are sorted by the ways that they may go.
  static constexpr std::size_t kMany = 50;

  struct Change {
    std::uint64_t changed = 0;  // rows that were written
    std::int64_t added = 0;     // of these, for ids that were not there
    std::int64_t deleted = 0;   // tombstones more than before
    std::int64_t last_seq = 0;  // the last one given out
  };
  // True of an id of which no row can be there, and which it is not asked for again: called for
  // each record.
  using IsNew = std::function<bool(std::string_view id)>;

  PostgresRecordWriter(PostgresConnection& connection, const Stream& stream,
                       const std::string& payload_type);

  // Later records get a larger seq, each one larger than last_seq. `is_new`: none, no COPY.
  core::Result<Change> write(std::span<const Record> records, std::int64_t last_seq,
                             const IsNew& is_new);

  // The first record that the server does not take, with its reason; none when it takes each. In a
  // transaction of its own, which is undone.
  struct Culprit {
    const Record* record;
    core::Error error;
  };
  core::Result<std::optional<Culprit>> find_culprit(std::span<const Record> records);

 private:
  // A record, and the seq that it is stored with.
  struct Numbered {
    const Record* record;
    std::int64_t seq;
  };
  using Run = std::vector<Numbered>;  // no id is in it twice

  core::Result<void> write_run(const Run& run, const IsNew& is_new, Change& total);
  core::Result<void> copy(const Run& run, Change& total);
  // Leaves the records that write_any() has to see.
  core::Result<void> write_live(const Run& run, Change& total, Run& left);
  core::Result<void> write_any(const Run& run, Change& total);

  PostgresConnection& connection_;
  const Stream& stream_;
  const std::string payload_type_;
};

}  // namespace terapi::client
