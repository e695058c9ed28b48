#include "conformance/harness/measure/trail.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

using std::chrono::milliseconds;

Moment at(std::int64_t ms) { return Moment(milliseconds(ms)); }

std::int64_t ms_of(const std::optional<Moment>& moment) {
  if (!moment) return -1;
  return std::chrono::duration_cast<milliseconds>(moment->time_since_epoch()).count();
}

TrailAnswer answer(std::int64_t asked, std::int64_t written, bool ends_walk = true,
                   std::vector<std::uint64_t> marks = {}) {
  return {at(asked), at(written), ends_walk, false, std::move(marks)};
}

TEST(StoredAt, IsTheLastWriteBeforeTheNextRequest) {
  const Trail trail = {.answers = {answer(0, 10), answer(100, 110)},
                       .wakes = {},
                       .writes = {at(5), at(12), at(40), at(99), at(120)}};
  EXPECT_EQ(ms_of(stored_at(trail, 0)), 99);
  EXPECT_EQ(ms_of(stored_at(trail, 1)), 120);
}

// A client that begins to work by opening its database must not seem to store so late.
TEST(StoredAt, WhatAWebhookSetsOffIsNotOfTheWalkBefore) {
  const Trail trail = {.answers = {answer(0, 10), answer(1100, 1110)},
                       .wakes = {at(1000)},
                       .writes = {at(12), at(20), at(1050), at(1112)}};
  EXPECT_EQ(ms_of(stored_at(trail, 0)), 20);
}

TEST(StoredAt, AWebhookCutsNoSeriesOfWritesShort) {
  const Trail trail = {
      .answers = {answer(0, 10)}, .wakes = {at(13)}, .writes = {at(12), at(15), at(18), at(40)}};
  EXPECT_EQ(ms_of(stored_at(trail, 0)), 18);
}

TEST(StoredAt, AWebhookBeforeTheFirstWriteLeavesTheSeriesThatFollows) {
  const Trail trail = {
      .answers = {answer(0, 10)}, .wakes = {at(11)}, .writes = {at(30), at(33), at(90)}};
  EXPECT_EQ(ms_of(stored_at(trail, 0)), 33);
}

// A page is asked for while the one before is stored.
TEST(StoredAt, AWalkIsStoredAsAWhole) {
  const Trail trail = {.answers = {answer(0, 10, false), answer(11, 20), answer(200, 210)},
                       .wakes = {},
                       .writes = {at(15), at(25), at(31)}};
  EXPECT_EQ(ms_of(stored_at(trail, 0)), 31);
}

// A client that pages until a page is empty has nothing to write behind it.
TEST(StoredAt, AnEmptyPageAtTheEndBringsNothingToStore) {
  Trail trail = {
      .answers = {answer(0, 10, false), answer(50, 60)}, .wakes = {}, .writes = {at(15), at(25)}};
  EXPECT_EQ(stored_at(trail, 0), std::nullopt);
  trail.answers[1].empty = true;
  EXPECT_EQ(ms_of(stored_at(trail, 0)), 25);
}

// Requests that were on their way together tell nothing of what is stored.
TEST(StoredAt, ARequestThatWasMadeBeforeTheAnswerCameIsNoSign) {
  const Trail trail = {
      .answers = {answer(0, 10), answer(5, 15)}, .wakes = {}, .writes = {at(30), at(60)}};
  EXPECT_EQ(ms_of(stored_at(trail, 0)), 60);
}

TEST(StoredAt, ALateWriteCountsWhenThereIsNoOther) {
  const Trail trail = {
      .answers = {answer(0, 10), answer(20, 25)}, .wakes = {}, .writes = {at(30), at(31)}};
  EXPECT_EQ(ms_of(stored_at(trail, 0)), 30);
}

TEST(StoredAt, WithoutAWriteThereIsNoTime) {
  const Trail trail = {.answers = {answer(0, 10)}, .wakes = {}, .writes = {at(5)}};
  EXPECT_EQ(stored_at(trail, 0), std::nullopt);
}

}  // namespace
}  // namespace terapi::conformance
