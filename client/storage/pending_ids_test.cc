#include "client/storage/pending_ids.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/random.h"

namespace terapi::client {
namespace {

TEST(PendingIds, FindsNothingWhileItIsEmpty) {
  PendingIds ids;
  EXPECT_FALSE(ids.find("a"));
  EXPECT_TRUE(ids.sorted().empty());
}

TEST(PendingIds, HoldsTheLastSeqOfAKeyOnce) {
  PendingIds ids;
  ids.put("a", 1);
  ids.put("b", 2);
  ids.put("a", 3);
  EXPECT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids.find("a"), 3);
  EXPECT_EQ(ids.find("b"), 2);
  EXPECT_FALSE(ids.find("ab"));
  EXPECT_FALSE(ids.find(""));
}

TEST(PendingIds, IsEmptyAndUsableAfterClear) {
  PendingIds ids;
  for (int i = 0; i < 100; ++i) ids.put("key " + std::to_string(i), i);
  ids.clear();
  EXPECT_EQ(ids.size(), 0U);
  EXPECT_FALSE(ids.find("key 7"));
  ids.put("key 7", 70);
  EXPECT_EQ(ids.find("key 7"), 70);
}

// Short keys, long ones, ones that begin alike, bytes above 127 and zeros: what a comparison of
// their first bytes alone would get wrong.
TEST(PendingIds, AgreesWithAMapAndSortsAsItDoes) {
  core::Random random(7);
  PendingIds ids;
  std::map<std::string, std::int64_t> expected;
  for (std::int64_t seq = 0; seq < 20'000; ++seq) {
    std::string key(random.below(3) == 0 ? 8 : random.below(24), '\0');
    for (char& c : key) c = "\0\1ab\x7f\x80\xff"[random.below(7)];
    ids.put(key, seq);
    expected[key] = seq;
    if (seq % 997 == 0) {
      for (const auto& [known, at] : expected) ASSERT_EQ(ids.find(known), at);
    }
  }
  ASSERT_EQ(ids.size(), expected.size());
  const auto sorted = ids.sorted();
  auto next = expected.begin();
  for (const PendingIds::Entry& entry : sorted) {
    ASSERT_EQ(entry.key, next->first);
    ASSERT_EQ(entry.seq, next->second);
    ++next;
  }
}

}  // namespace
}  // namespace terapi::client
