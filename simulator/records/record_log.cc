#include "simulator/records/record_log.h"

#include <algorithm>

#include "core/check.h"
#include "core/random.h"

namespace terapi::simulator {
namespace {

constexpr std::size_t kChunkRecords = 512;

std::uint32_t hash_of(std::string_view id) {
  return static_cast<std::uint32_t>(core::hash64(0, id) >> 32);
}

std::size_t weight(const Record& record) { return record.id().size() + record.payload().size(); }

}  // namespace

bool RecordLog::Chunk::holds(ActionSet actions) const {
  for (std::size_t a = 0; a < kActions; ++a) {
    if (actions.test(a) && counts[a] > 0) return true;
  }
  return false;
}

void RecordLog::Chunk::insert(std::size_t at, RecordPtr record) {
  ++counts[static_cast<std::size_t>(record->action())];
  records.insert(records.begin() + static_cast<std::ptrdiff_t>(at), std::move(record));
}

RecordPtr RecordLog::Chunk::take(std::size_t at) {
  RecordPtr record = std::move(records[at]);
  records.erase(records.begin() + static_cast<std::ptrdiff_t>(at));
  --counts[static_cast<std::size_t>(record->action())];
  return record;
}

const Record* RecordLog::find(std::string_view id) const {
  if (index_.empty()) return nullptr;
  const std::uint32_t hash = hash_of(id);
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = hash & mask; index_[i].record != nullptr; i = (i + 1) & mask) {
    if (index_[i].hash == hash && index_[i].record->id() == id) return index_[i].record;
  }
  return nullptr;
}

const Record* RecordLog::last() const {
  return chunks_.empty() ? nullptr : chunks_.back()->records.back().get();
}

RecordLog::Slot& RecordLog::slot_for(std::string_view id, std::uint32_t hash) {
  const std::size_t mask = index_.size() - 1;
  std::size_t i = hash & mask;
  while (index_[i].record != nullptr && (index_[i].hash != hash || index_[i].record->id() != id)) {
    i = (i + 1) & mask;
  }
  return index_[i];
}

void RecordLog::grow_index() {
  std::vector<Slot> old(std::max<std::size_t>(16, index_.size() * 2));
  old.swap(index_);
  const std::size_t mask = index_.size() - 1;
  core::Steps steps;
  for (const Slot& slot : old) {
    steps.step();
    if (slot.record == nullptr) continue;
    std::size_t i = slot.hash & mask;
    while (index_[i].record != nullptr) i = (i + 1) & mask;
    index_[i] = slot;
  }
}

RecordPtr RecordLog::put(RecordPtr record) {
  core::breathe();
  if (index_.empty() || size_ * 4 >= index_.size() * 3) grow_index();
  const std::uint32_t hash = hash_of(record->id());
  Slot& slot = slot_for(record->id(), hash);
  RecordPtr previous;
  if (slot.record != nullptr) previous = take(slot.record->position());
  slot = {record.get(), hash};
  insert(std::move(record));
  return previous;
}

void RecordLog::clear() {
  while (!chunks_.empty()) {
    chunks_.pop_back();
    core::breathe();
  }
  *this = {};
}

void RecordLog::exchange(RecordPtr record) {
  Slot& slot = slot_for(record->id(), hash_of(record->id()));
  TERAPI_CHECK(slot.record != nullptr && slot.record->position() == record->position(),
               "exchange keeps the position");
  const Position position = record->position();
  take(position);
  slot.record = record.get();
  insert(std::move(record));
}

RecordLog::Chunk& RecordLog::own(std::size_t chunk) {
  std::shared_ptr<Chunk>& shared = chunks_[chunk];
  if (shared.use_count() > 1) shared = std::make_shared<Chunk>(*shared);
  return *shared;
}

void RecordLog::insert(RecordPtr record) {
  ++size_;
  bytes_ += weight(*record);
  ++counts_[static_cast<std::size_t>(record->action())];
  if (chunks_.empty() || last()->position() < record->position()) {
    append(std::move(record));
    return;
  }
  const std::size_t c = chunk_after(record->position());
  Chunk& chunk = own(c);
  const std::size_t at = index_after(chunk, record->position());
  chunk.insert(at, std::move(record));
  if (chunk.records.size() <= kChunkRecords) return;
  auto second = std::make_shared<Chunk>();
  second->records.reserve(kChunkRecords);
  while (chunk.records.size() > kChunkRecords / 2) {
    second->insert(0, chunk.take(chunk.records.size() - 1));
  }
  chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(c) + 1, std::move(second));
}

void RecordLog::append(RecordPtr record) {
  if (chunks_.empty() || chunks_.back()->records.size() >= kChunkRecords) {
    chunks_.push_back(std::make_shared<Chunk>());
  }
  Chunk& chunk = own(chunks_.size() - 1);
  const std::size_t end = chunk.records.size();
  chunk.insert(end, std::move(record));
}

RecordPtr RecordLog::take(const Position& position) {
  const auto before = [](const std::shared_ptr<Chunk>& chunk, const Position& at) {
    return chunk->records.back()->position() < at;
  };
  const auto found = std::lower_bound(chunks_.begin(), chunks_.end(), position, before);
  TERAPI_CHECK(found != chunks_.end(), "a record of the index stands in the list");
  const auto c = static_cast<std::size_t>(found - chunks_.begin());
  Chunk& chunk = own(c);
  const auto at = std::lower_bound(
      chunk.records.begin(), chunk.records.end(), position,
      [](const RecordPtr& record, const Position& p) { return record->position() < p; });
  TERAPI_CHECK(at != chunk.records.end() && (*at)->position() == position,
               "a record of the index stands at its position");
  RecordPtr record = chunk.take(static_cast<std::size_t>(at - chunk.records.begin()));
  if (chunk.records.empty()) chunks_.erase(found);
  --size_;
  bytes_ -= weight(*record);
  --counts_[static_cast<std::size_t>(record->action())];
  return record;
}

std::size_t RecordLog::chunk_after(const Position& position) const {
  const auto found = std::upper_bound(chunks_.begin(), chunks_.end(), position,
                                      [](const Position& p, const std::shared_ptr<Chunk>& chunk) {
                                        return p < chunk->records.back()->position();
                                      });
  return static_cast<std::size_t>(found - chunks_.begin());
}

std::size_t RecordLog::index_after(const Chunk& chunk, const Position& position) {
  const auto found = std::upper_bound(
      chunk.records.begin(), chunk.records.end(), position,
      [](const Position& p, const RecordPtr& record) { return p < record->position(); });
  return static_cast<std::size_t>(found - chunk.records.begin());
}

}  // namespace terapi::simulator
