#include "client/storage/record_index.h"

#include <utility>

namespace terapi::client {
namespace {

// Reading the whole table once costs about as much as this many look-ups.
constexpr std::size_t kVainLookUps = 20'000;

std::int64_t stream_of_key(std::string_view key) {
  std::uint64_t stream = 0;
  for (std::size_t i = 0; i < 8; ++i) stream = stream << 8 | static_cast<unsigned char>(key[i]);
  return static_cast<std::int64_t>(stream);
}

}  // namespace

core::Result<RecordIndex> RecordIndex::open(core::SqliteConnection& connection) {
  RecordIndex index;
  auto prepared = connection.prepare_all(
      {{index.indexed_, "SELECT value FROM sync_meta WHERE name = 'indexed_seq'"},
       {index.tail_,
        "SELECT r.seq, c.stream, r.id FROM records r JOIN cursors c USING "
        "(integration, connection, model, variant) WHERE r.seq > ?1 ORDER BY r.seq"},
       {index.look_up_, "SELECT seq FROM record_ids WHERE stream = ?1 AND id = ?2"},
       {index.put_,
        "INSERT INTO record_ids (stream, id, seq) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (stream, id) DO UPDATE SET seq = excluded.seq"},
       {index.set_indexed_,
        "INSERT INTO sync_meta (name, value) VALUES ('indexed_seq', ?1) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value"},
       {index.all_, "SELECT stream, id FROM record_ids"}});
  if (!prepared) return prepared.error();
  auto empty = connection.integer("SELECT NOT EXISTS (SELECT 1 FROM record_ids)");
  if (!empty) return empty.error();
  index.filter_complete_ = *empty != 0;
  if (auto caught_up = index.catch_up(); !caught_up) return caught_up.error();
  return index;
}

core::Result<void> RecordIndex::catch_up() {
  if (auto skipped = skip_indexed(); !skipped) return skipped;
  tail_.bind(1, last_seq_);
  while (true) {
    const auto row = tail_.step();
    if (!row) {
      tail_.rewind();
      return row.error();
    }
    if (!*row) break;
    last_seq_ = tail_.integer(0);
    const std::string_view key = key_of(tail_.integer(1), tail_.bytes(2));
    held_.put(key, last_seq_);
    if (filter_complete_) filter_.add(key);
  }
  tail_.rewind();
  staged_seq_ = last_seq_;
  return {};
}

// What another process has indexed is looked up in the table; held here, too, it would be memory
// without bound, and be written once more.
core::Result<void> RecordIndex::skip_indexed() {
  const auto row = indexed_.step();
  const std::int64_t indexed = row && *row ? indexed_.integer(0) : 0;
  indexed_.rewind();
  if (!row) return row.error();
  if (indexed <= last_seq_) return {};
  last_seq_ = indexed;
  held_.clear();
  filter_ = BloomFilter();
  filter_complete_ = false;
  return {};
}

std::string_view RecordIndex::key_of(std::int64_t stream, std::string_view id) {
  key_.clear();
  for (int shift = 56; shift >= 0; shift -= 8) {
    key_ += static_cast<char>(static_cast<std::uint64_t>(stream) >> shift & 0xFF);
  }
  key_ += id;
  return key_;
}

core::Result<std::optional<std::int64_t>> RecordIndex::find(std::int64_t stream,
                                                            std::string_view id) {
  const std::string_view key = key_of(stream, id);
  for (const PendingIds* ids : {&staged_, &held_}) {
    if (const auto seq = ids->find(key)) return seq;
  }
  if (filter_complete_ && !filter_.may_hold(key)) return std::optional<std::int64_t>();
  auto seq = look_up(stream, id);
  if (seq && !*seq && !filter_complete_ && ++vain_look_ups_ >= kVainLookUps) {
    if (auto filled = fill_filter(); !filled) return filled.error();
  }
  return seq;
}

core::Result<std::optional<std::int64_t>> RecordIndex::look_up(std::int64_t stream,
                                                               std::string_view id) {
  look_up_.bind(1, stream);
  look_up_.bind_text(2, id);
  const auto row = look_up_.step();
  std::optional<std::int64_t> seq;
  if (row && *row) seq = look_up_.integer(0);
  look_up_.rewind();
  if (!row) return row.error();
  return seq;
}

core::Result<void> RecordIndex::fill_filter() {
  filter_ = BloomFilter();
  while (true) {
    const auto row = all_.step();
    if (!row) {
      all_.rewind();
      return row.error();
    }
    if (!*row) break;
    filter_.add(key_of(all_.integer(0), all_.bytes(1)));
  }
  all_.rewind();
  for (const PendingIds* ids : {&held_, &staged_}) {
    for (std::size_t i = 0; i < ids->size(); ++i) filter_.add((*ids)[i].key);
  }
  filter_complete_ = true;
  return {};
}

std::int64_t RecordIndex::stage(std::int64_t stream, std::string_view id) {
  staged_.put(key_of(stream, id), ++staged_seq_);
  return staged_seq_;
}

void RecordIndex::keep() {
  last_seq_ = staged_seq_;
  for (std::size_t i = 0; i < staged_.size(); ++i) {
    const auto [key, seq] = staged_[i];
    if (filter_complete_) filter_.add(key);
    held_.put(key, seq);
  }
  staged_.clear();
}

void RecordIndex::forget() {
  staged_seq_ = last_seq_;
  staged_.clear();
}

core::Result<void> RecordIndex::write() {
  for (const PendingIds::Entry& entry : held_.sorted()) {
    put_.bind(1, stream_of_key(entry.key));
    put_.bind_text(2, entry.key.substr(8));
    put_.bind(3, entry.seq);
    if (auto put = put_.run(); !put) return put;
  }
  set_indexed_.bind(1, last_seq_);
  return set_indexed_.run();
}

}  // namespace terapi::client
