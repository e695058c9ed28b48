// What SqliteStore's index has to get right that no small test reaches: many ids, a filter that is
// filled in the middle, files that are opened again.
#include "client/storage/record_index.h"

#include <gtest/gtest.h>

#include <string>

#include "client/bloom_filter.h"
#include "client/storage/sqlite_store.h"
#include "core/temporary_folder.h"

namespace terapi::client {
namespace {

class ManyIds : public testing::Test {
 protected:
  ManyIds() { open(); }

  void open() {
    store_.reset();
    auto store = SqliteStore::open(folder_.file("sync.db"));
    ASSERT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
  }
  // Stores the ids [first, last) at a version; how many of them were new or newer.
  std::uint64_t store_range(int first, int last, int version) {
    std::uint64_t changed = 0;
    for (int begin = first; begin < last; begin += 1000) {
      std::vector<Record> records;
      std::vector<std::string> texts;
      texts.reserve(3000);
      for (int i = begin; i < std::min(last, begin + 1000); ++i) {
        texts.push_back("id" + std::to_string((i * 7919) % 1'000'003));
        Record record;
        record.id = texts.back();
        record.payload = "{}";
        texts.push_back(std::to_string(version) + "-" + std::to_string(i));
        record.cursor = texts.back();
        record.last_modified_at = "2024-01-01T00:00:00.000000+00:00";
        record.modified = core::Time(core::Duration(version));
        records.push_back(record);
      }
      const auto committed = store_->commit({stream_, records, std::nullopt, core::Time{}});
      EXPECT_TRUE(committed) << committed.error().message;
      changed += committed->changed;
    }
    return changed;
  }
  void up_to_date() { ASSERT_TRUE(store_->report(stream_, {Health::kUpToDate, {}, "", {}})); }
  std::uint64_t count() {
    std::uint64_t rows = 0;
    EXPECT_TRUE(store_->read(stream_, [&](const StoredRecord&) {
      ++rows;
      return true;
    }));
    EXPECT_EQ(store_->position(stream_)->records, rows);
    return rows;
  }

  core::TemporaryFolder folder_;
  const Stream stream_{"github", "demo", "Issue"};
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(ManyIds, AreFoundAgainWhereverTheirEntriesAre) {
  EXPECT_EQ(store_range(0, 500, 1), 500U);
  up_to_date();
  open();
  // So many new ones that the filter is filled on the way.
  EXPECT_EQ(store_range(500, 23'000, 1), 22'500U);
  up_to_date();
  EXPECT_EQ(store_range(0, 23'000, 1), 0U);
  EXPECT_EQ(store_range(0, 23'000, 2), 23'000U);
  EXPECT_EQ(count(), 23'000U);
}

TEST_F(ManyIds, AreFoundAgainByAProcessThatDidNotWriteThem) {
  store_range(0, 3'000, 1);  // not yet in the table: the process dies before
  open();
  EXPECT_EQ(store_range(0, 3'500, 2), 3'500U);
  up_to_date();
  open();
  EXPECT_EQ(store_range(0, 3'500, 2), 0U);
  EXPECT_EQ(store_range(100, 200, 3), 100U);
  open();
  EXPECT_EQ(store_range(0, 3'500, 3), 3'400U);
  EXPECT_EQ(count(), 3'500U);
}

TEST_F(ManyIds, AreFoundAgainWhenAnotherProcessHasStoredAndIndexedThem) {
  store_range(0, 100, 1);
  auto other = SqliteStore::open(folder_.file("sync.db"));
  ASSERT_TRUE(other);
  std::swap(store_, *other);
  EXPECT_EQ(store_range(50, 4'000, 2), 3'950U);
  up_to_date();
  EXPECT_EQ(store_range(3'900, 4'100, 3), 200U);
  std::swap(store_, *other);
  EXPECT_EQ(store_range(0, 4'100, 2), 50U);
  EXPECT_EQ(store_range(0, 4'200, 4), 4'200U);
  EXPECT_EQ(count(), 4'200U);
}

TEST(BloomFilter, SaysNoOnlyToWhatWasNeverAdded) {
  BloomFilter filter;
  EXPECT_FALSE(filter.may_hold("a"));
  for (int i = 0; i < 10'000; ++i) filter.add("in" + std::to_string(i));
  int wrong = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(filter.may_hold("in" + std::to_string(i)));
    if (filter.may_hold("out" + std::to_string(i))) ++wrong;
  }
  EXPECT_LT(wrong, 10);
}

}  // namespace
}  // namespace terapi::client
