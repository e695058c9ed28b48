#include "client/storage/memory_store.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace terapi::client {
namespace {

// As the escape \u0000.
bool holds_nul(std::string_view json) {
  for (std::size_t at = 0; (at = json.find('\\', at)) != std::string_view::npos; at += 2) {
    if (json.substr(at + 1).starts_with("u0000")) return true;
  }
  return false;
}

}  // namespace

struct MemoryStore::Table {
  struct Row {
    std::string id;
    std::string payload;
    std::string cursor;
    std::string first_seen_at;
    std::string last_modified_at;
    std::string deleted_at;
    std::string pruned_at;
    Action action = Action::kAdded;
    bool deleted = false;
    core::Time modified{};
    std::uint64_t seq = 0;  // its place among those of one time
  };

  // Stores the record unless what is held is newer (CLIENT-8); true when that changed anything.
  bool apply(const Record& record, std::uint64_t seq);

  StoredPosition position;
  std::uint64_t deleted = 0;
  std::deque<Row> rows;
  std::unordered_map<std::string_view, Row*> by_id;  // keys are the rows' own ids
  std::optional<Report> report;
  std::optional<core::Time> moved_at;
  std::optional<core::Time> up_to_date_at;
};

struct MemoryStore::Database {
  std::map<Stream, Table> tables;
  std::set<std::string, std::less<>> refused;
  std::uint64_t last_seq = 0;
};

bool MemoryStore::Table::apply(const Record& record, std::uint64_t seq) {
  const auto found = by_id.find(record.id);
  Row* known = found == by_id.end() ? nullptr : found->second;
  const bool same_cursor = known != nullptr && known->cursor == record.cursor;
  if (known != nullptr) {
    if (known->modified > record.modified) return false;
    const bool same_state =
        known->deleted == record.deleted && known->pruned_at.empty() == record.pruned_at.empty();
    if (known->modified == record.modified && same_cursor && same_state) return false;
  }
  Row& row = known != nullptr ? *known : rows.emplace_back();
  if (known == nullptr) {
    row.id = record.id;
    by_id.emplace(row.id, &row);
    ++position.records;
  }
  if (record.deleted && !row.deleted) ++deleted;
  if (!record.deleted && row.deleted) --deleted;
  // A pruned record keeps the payload that is there (PRUNE-1).
  if (known == nullptr || record.pruned_at.empty()) row.payload = record.payload;
  row.cursor = record.cursor;
  row.first_seen_at = record.first_seen_at;
  row.last_modified_at = record.last_modified_at;
  row.deleted_at = record.deleted_at;
  row.pruned_at = record.pruned_at;
  row.action = record.action;
  row.deleted = record.deleted;
  row.modified = record.modified;
  // One that was only pruned keeps its cursor and so its place.
  if (!same_cursor) row.seq = seq;
  if (!position.newest || *position.newest < record.modified) position.newest = record.modified;
  return true;
}

MemoryStore::MemoryStore() : MemoryStore(std::make_shared<Database>()) {}
MemoryStore::MemoryStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}
MemoryStore::~MemoryStore() = default;

std::unique_ptr<MemoryStore> MemoryStore::sibling() const {
  return std::unique_ptr<MemoryStore>(new MemoryStore(database_));
}

void MemoryStore::refuse(std::string id) { database_->refused.insert(std::move(id)); }

core::Result<StoredPosition> MemoryStore::position(const Stream& stream) {
  const auto table = database_->tables.find(stream);
  return table == database_->tables.end() ? StoredPosition{} : table->second.position;
}

core::Result<Committed> MemoryStore::commit(const Batch& batch) {
  // First what can fail, so that there is nothing to take back.
  for (const Record& record : batch.records) {
    if (!database_->refused.empty() && database_->refused.contains(record.id)) {
      return core::Error{"store_failed", "record \"" + std::string(record.id) + "\": refused"};
    }
  }
  Table& table = database_->tables[batch.stream];
  if (batch.move && batch.move->from != table.position.cursor) return Committed{.conflict = true};
  Committed committed;
  for (const Record& record : batch.records) {
    if (table.apply(record, ++database_->last_seq)) ++committed.changed;
  }
  if (batch.move) {
    table.position.cursor = batch.move->to;
    table.moved_at = batch.now;
  }
  return committed;
}

core::Result<void> MemoryStore::report(const Stream& stream, const Report& report) {
  Table& table = database_->tables[stream];
  table.report = report;
  if (report.health == Health::kUpToDate) table.up_to_date_at = report.now;
  return {};
}

core::Result<std::vector<StreamStatus>> MemoryStore::status() {
  std::vector<StreamStatus> all;
  for (const auto& [stream, table] : database_->tables) {
    StreamStatus status;
    status.stream = stream;
    status.position = table.position;
    status.deleted = table.deleted;
    if (table.report) {
      status.health = to_string(table.report->health);
      status.error = table.report->error;
      status.record = table.report->record;
    }
    status.moved_at = table.moved_at;
    status.up_to_date_at = table.up_to_date_at;
    all.push_back(std::move(status));
  }
  return all;
}

core::Result<StoreNotes> MemoryStore::notes() {
  StoreNotes notes;
  for (const auto& [stream, table] : database_->tables) {
    const auto count = std::count_if(table.rows.begin(), table.rows.end(),
                                     [](const Table::Row& row) { return holds_nul(row.payload); });
    if (count > 0) notes.with_nul[stream] = static_cast<std::uint64_t>(count);
  }
  return notes;
}

core::Result<void> MemoryStore::read(const Stream& stream,
                                     const std::function<bool(const StoredRecord&)>& each) {
  const auto table = database_->tables.find(stream);
  if (table == database_->tables.end()) return {};
  std::vector<const Table::Row*> rows;
  rows.reserve(table->second.rows.size());
  for (const Table::Row& row : table->second.rows) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](const Table::Row* a, const Table::Row* b) {
    return std::pair(a->modified, a->seq) < std::pair(b->modified, b->seq);
  });
  StoredRecord record;  // one for all, which keeps its memory
  record.stream = stream;
  for (const Table::Row* row : rows) {
    record.id = row->id;
    record.payload = row->payload;
    record.deleted = row->deleted;
    record.last_action = to_string(row->action);
    record.first_seen_at = row->first_seen_at;
    record.last_modified_at = row->last_modified_at;
    record.deleted_at = row->deleted_at;
    record.pruned_at = row->pruned_at;
    record.cursor = row->cursor;
    if (!each(record)) break;
  }
  return {};
}

}  // namespace terapi::client
