// Store: where records and cursors are kept, together. Implement this port to sync into a database
// of your own; SqliteStore (client/storage) and PostgresStore (client/postgres) come with the
// library.
//
// The one rule (CLIENT-2): commit() stores records and moves the cursor in one transaction, or
// does nothing at all. Whatever happens, the stored cursor is never ahead of the stored records.
//
// Thread rule: on any thread, as many calls at once as calls_at_once() says. Calls may block.
//
// Errors: code "store_failed" (tried again later: disk full, connection lost);
// "cannot_store_record" when one record cannot be stored as it is, naming it in `message`; that
// stops its stream (CLIENT-11); "store_gone" when nothing can be stored any more, since the
// database was taken away: that stops a stream, too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/record.h"
#include "client/stream.h"
#include "core/clock.h"
#include "core/result.h"

namespace terapi::client {

// What is stored for a stream.
struct StoredPosition {
  // The cursor of the last record stored; none: nothing was read yet. Never "null" (CLIENT-7).
  std::optional<std::string> cursor;
  // The newest last_modified_at among its records; none when there are none.
  std::optional<core::Time> newest;
  std::uint64_t records = 0;  // tombstones included
};

// One page's worth, to be stored at once.
struct Batch {
  const Stream& stream;
  std::span<const Record> records;  // in the order in which they were served
  // Where the cursor goes, and where the fetch began. When another worker has moved the stored
  // cursor meanwhile, nothing is stored and the answer is a conflict: the cursor only moves
  // forward (CLIENT-12). Without a move, the records are stored and the cursor stays (the re-read
  // of an overlap window).
  struct Move {
    std::optional<std::string> from;
    std::string to;
  };
  std::optional<Move> move;
  core::Time now{};  // by the client's clock
};

struct Committed {
  bool conflict = false;  // nothing was stored: read the position again
  // Records that were new or newer than what was stored; the others changed nothing.
  std::uint64_t changed = 0;
};

// The state of a stream, kept for `status` and for users who query the database.
enum class Health : std::uint8_t { kSyncing, kUpToDate, kRetrying, kStopped };
// "syncing", "up_to_date", "retrying", "stopped".
std::string_view to_string(Health health);

struct Report {
  Health health = Health::kSyncing;
  // Why, when retrying or stopped; `record` is the id of the record at fault, if one is.
  core::Error error{};
  std::string record;
  core::Time now{};
};

inline constexpr const char* kStoreGone = "store_gone";

class Store {
 public:
  virtual ~Store() = default;

  // Where to continue. A stream that was never seen has an empty position.
  virtual core::Result<StoredPosition> position(const Stream& stream) = 0;

  // Stores each record that is not older than what is stored under its id (by `modified`,
  // CLIENT-8): a live one replaces, a deleted one becomes a tombstone with the payload served, also
  // for an id never seen, and a pruned one keeps the payload that is there. Then moves the cursor.
  virtual core::Result<Committed> commit(const Batch& batch) = 0;

  // Remembers the state of the stream. `kUpToDate` means that everything served was stored; a store
  // may use that moment to put its indexes in order.
  virtual core::Result<void> report(const Stream& stream, const Report& report);

  // With several workers on one database: true when this one may sync the stream now, for at
  // least `span` from now; asking again renews it. The default always says yes, since commit()
  // is safe with any number of workers.
  virtual core::Result<bool> claim(const Stream& stream, core::Duration span);
  // Gives the claim back.
  virtual core::Result<void> release(const Stream& stream);

  // How many calls it takes at once: those of different streams may then overlap.
  virtual std::size_t calls_at_once() const { return 1; }
};

// One stored record, for reading back.
struct StoredRecord {
  Stream stream;
  std::string id;
  std::string payload;
  bool deleted = false;
  std::string last_action;
  std::string first_seen_at;
  std::string last_modified_at;
  std::string deleted_at;  // empty: null
  std::string pruned_at;   // empty: null
  std::string cursor;
};

// One stream's row of `status`.
struct StreamStatus {
  Stream stream;
  StoredPosition position;
  std::uint64_t deleted = 0;  // of position.records
  std::string health;         // to_string(Health), or "" when nothing was reported yet
  core::Error error;
  std::string record;                       // at fault
  std::optional<core::Time> moved_at;       // when the cursor last moved
  std::optional<core::Time> up_to_date_at;  // when everything served was last stored
};

// What an operator should know of the database as a whole.
struct StoreNotes {
  std::string busy;  // why it cannot put itself in order now; "" when it can
  // How many payloads hold NUL, which the database's own functions for JSON do not take.
  std::map<Stream, std::uint64_t> with_nul;
};

// What dump and status need in addition.
class ReadableStore : public Store {
 public:
  // The streams that were ever synced, in order.
  virtual core::Result<std::vector<StreamStatus>> status() = 0;
  virtual core::Result<StoreNotes> notes() { return StoreNotes{}; }
  // Every record of a stream in cursor order, tombstones included, until `each` says false.
  virtual core::Result<void> read(const Stream& stream,
                                  const std::function<bool(const StoredRecord&)>& each) = 0;
};

}  // namespace terapi::client
