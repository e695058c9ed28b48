// Store against a model of it, a std::map, through random batches. The seed is in each failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/storage/store_contract.h"
#include "core/random.h"

namespace terapi::client {
namespace {

// One stream as it should be stored, written as plainly as the rules are.
struct ModelStream {
  struct Row {
    TestRecord record;
    int seq = 0;
  };
  std::map<std::string, Row> rows;
  std::optional<std::string> cursor;
  int last_seq = 0;

  bool apply(TestRecord record) {
    const auto known = rows.find(record.id);
    int seq = ++last_seq;
    if (known != rows.end()) {
      const TestRecord& old = known->second.record;
      if (record.modified < old.modified) return false;
      const bool same_place = record.modified == old.modified && record.cursor == old.cursor;
      const bool same_payload = old.pruned_at.empty() == record.pruned_at.empty();
      if (same_place && record.is_deleted == old.is_deleted && same_payload) return false;
      if (same_place) seq = known->second.seq;
      if (!record.pruned_at.empty()) record.payload = old.payload;
    }
    rows[record.id] = Row{record, seq};
    return true;
  }

  Committed commit(const TestBatch& batch, const std::optional<Batch::Move>& move) {
    if (move && move->from != cursor) return {true, 0};
    Committed committed;
    for (const TestRecord& record : batch.records()) committed.changed += apply(record) ? 1 : 0;
    if (move) cursor = move->to;
    return committed;
  }

  std::vector<TestRecord> in_order() const {
    std::vector<Row> sorted;
    for (const auto& [id, row] : rows) sorted.push_back(row);
    std::sort(sorted.begin(), sorted.end(), [](const Row& a, const Row& b) {
      return std::pair(a.record.modified, a.seq) < std::pair(b.record.modified, b.seq);
    });
    std::vector<TestRecord> records;
    for (const Row& row : sorted) records.push_back(row.record);
    return records;
  }
};

class ModelRun {
 public:
  ModelRun(StoreBackend& backend, std::uint64_t seed)
      : backend_(backend), random_(seed), store_(backend.open()) {
    for (const Stream& stream :
         {Stream{"i", "c", "M"}, Stream{"i", "c", "M", "v"}, Stream{"i", "c", "N"}}) {
      model_[stream];
    }
  }

  void step() {
    auto chosen = model_.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(model_.size())));
    auto& [stream, model] = *chosen;
    TestBatch batch(stream);
    for (std::uint64_t left = random_.below(12); left > 0; --left) batch.add(random_record());
    // As many as a page has, most of them of ids of their own: a store may have ways for that.
    if (random_.below(5) == 0) add_many(batch);
    const std::optional<Batch::Move> move = random_move(model);
    if (move) batch.move(move->from, move->to);
    const Committed expected = model.commit(batch, move);
    // Now and then another worker comes first.
    const auto other = random_.below(8) == 0 ? backend_.open() : nullptr;
    const Committed found = must((other ? *other : *store_).commit(batch.get()));
    EXPECT_EQ(found.conflict, expected.conflict);
    EXPECT_EQ(found.changed, expected.changed);
    check_position(stream, model);
    if (random_.below(20) == 0) store_ = backend_.open();
  }

  void check_all() {
    for (const auto& [stream, model] : model_) {
      check_position(stream, model);
      expect_stored(*store_, model.in_order(), stream);
    }
    for (const StreamStatus& status : must(store_->status())) {
      const auto& rows = model_.at(status.stream).rows;
      EXPECT_EQ(status.deleted, static_cast<std::uint64_t>(std::count_if(
                                    rows.begin(), rows.end(),
                                    [](const auto& row) { return row.second.record.is_deleted; })));
    }
  }

 private:
  // Few ids and few versions, so that most things meet.
  TestRecord random_record() { return random_version(random_.below(15)); }
  void add_many(TestBatch& batch) {
    const std::uint64_t first = random_.below(200);
    for (std::uint64_t i = 0; i < 70 + random_.below(30); ++i) batch.add(random_version(first + i));
  }
  TestRecord random_version(std::uint64_t id) {
    TestRecord record = test_record("id" + std::to_string(id), static_cast<int>(random_.below(40)));
    // A version is deleted or not, once and for all.
    if (core::hash64(7, record.cursor) % 4 == 0) record.deleted();
    if (random_.below(5) == 0) record.pruned();
    return record;
  }

  std::optional<Batch::Move> random_move(const ModelStream& model) {
    const std::string to = "cursor" + std::to_string(random_.below(1000));
    switch (random_.below(6)) {
      case 0:
        return std::nullopt;
      case 1:
        return Batch::Move{std::nullopt, to};
      case 2:
        return Batch::Move{"cursor" + std::to_string(random_.below(1000)), to};
      default:
        return Batch::Move{model.cursor, to};
    }
  }

  void check_position(const Stream& stream, const ModelStream& model) {
    const StoredPosition position = must(store_->position(stream));
    EXPECT_EQ(position.cursor, model.cursor);
    EXPECT_EQ(position.records, model.rows.size());
    std::optional<core::Time> newest;
    for (const auto& [id, row] : model.rows) {
      newest = newest ? std::max(*newest, row.record.modified) : row.record.modified;
    }
    EXPECT_EQ(position.newest, newest);
  }

  StoreBackend& backend_;
  core::Random random_;
  std::unique_ptr<ReadableStore> store_;
  std::map<Stream, ModelStream> model_;
};

TEST_P(StoreContract, BehavesLikeTheModel) {
  constexpr std::uint64_t kSeed = 20240101;
  ModelRun run(backend(), kSeed);
  for (int step = 0; step < 300 && !testing::Test::HasFailure(); ++step) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", step " + std::to_string(step));
    run.step();
    if (step % 10 == 0) run.check_all();
  }
  run.check_all();
}

}  // namespace
}  // namespace terapi::client
