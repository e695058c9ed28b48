// RecordLog: the ordered list of modifications of one stream (CUR-2): each record stands in it
// once, at the position of its last modification.
//
// A two-level B-tree (a vector of chunks of at most 512 records) and a hash index by id. Seeking is
// a binary search and paging a walk, so page 10,000 costs what page 1 costs, and a filter skips the
// chunks that hold nothing for it. Chunks are shared between copies until one of them changes, so
// a snapshot of a million records costs its index only.
//
// A value. Thread rule: one thread at a time, copies included, since they share chunks.
//
//   log.put(record);                                   // new, or the record's next version
//   log.walk(Position::start(), [&](const Record& r) { …; return true; });
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/breather.h"
#include "simulator/records/record.h"

namespace terapi::simulator {

using ActionSet = std::bitset<kActions>;
inline ActionSet all_actions() { return ActionSet().set(); }

class RecordLog {
 public:
  // The current version of that record, or null.
  const Record* find(std::string_view id) const;
  std::size_t size() const { return size_; }
  std::size_t count(Action action) const { return counts_[static_cast<std::size_t>(action)]; }
  // Bytes of payloads and ids held.
  std::size_t bytes() const { return bytes_; }
  const Record* last() const;

  // Puts in a record's first or next version, at its position, and takes its previous one out.
  // Almost always that is at the end; a late commit (CUR-8's fault) may be anywhere.
  // Returns the version that it replaces, if any.
  RecordPtr put(RecordPtr record);

  // Empties it, breathing: what only goes out of scope takes its memory apart at once.
  void clear();

  // Exchanges a version for one with the same id and position (pruning moves nothing).
  void exchange(RecordPtr record);

  // Calls visit(const Record&) for what stands after `after` and has one of the actions, in order,
  // until it returns false.
  template <typename Visit>
  void walk(const Position& after, ActionSet actions, Visit visit) const {
    std::size_t c = chunk_after(after);
    std::size_t i = c < chunks_.size() ? index_after(*chunks_[c], after) : 0;
    for (; c < chunks_.size(); ++c, i = 0) {
      const Chunk& chunk = *chunks_[c];
      core::breathe();
      if (!chunk.holds(actions)) continue;
      for (; i < chunk.records.size(); ++i) {
        if (i % kVisitsAtOnce == 0) core::breathe();
        const Record& record = *chunk.records[i];
        if (!actions.test(static_cast<std::size_t>(record.action()))) continue;
        if (!visit(record)) return;
      }
    }
  }
  template <typename Visit>
  void walk(const Position& after, Visit visit) const {
    walk(after, all_actions(), visit);
  }

 private:
  static constexpr std::size_t kVisitsAtOnce = 32;

  struct Chunk {
    std::vector<RecordPtr> records;
    std::array<std::uint32_t, kActions> counts{};
    bool holds(ActionSet actions) const;
    void insert(std::size_t at, RecordPtr record);
    RecordPtr take(std::size_t at);
  };
  struct Slot {
    const Record* record = nullptr;
    std::uint32_t hash = 0;
  };

  // The first chunk that can hold something after `position`, and where in it that begins.
  std::size_t chunk_after(const Position& position) const;
  static std::size_t index_after(const Chunk& chunk, const Position& position);
  // A chunk of this log's own to change.
  Chunk& own(std::size_t chunk);
  void insert(RecordPtr record);
  void append(RecordPtr record);
  RecordPtr take(const Position& position);
  Slot& slot_for(std::string_view id, std::uint32_t hash);
  void grow_index();

  std::vector<std::shared_ptr<Chunk>> chunks_;
  std::vector<Slot> index_;  // open addressing, a power of two of slots; ids never go
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  std::array<std::size_t, kActions> counts_{};
};

}  // namespace terapi::simulator
