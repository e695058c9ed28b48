#include "client/page_trail.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

// How many pages of a way that begins with `tail` of them, and then goes round in a circle of
// `length`, are read until that is noticed.
std::uint64_t pages_until_noticed(std::uint64_t tail, std::uint64_t length) {
  PageTrail trail;
  for (std::uint64_t page = 0; page < 10'000'000; ++page) {
    if (trail.comes_back(page < tail ? page : tail + (page - tail) % length)) return page;
  }
  return 0;
}

TEST(PageTrail, NoticesACircleWithTheFirstPageThatRepeats) {
  for (const std::uint64_t length : {1U, 2U, 3U, 7U, 1000U, 8000U}) {
    EXPECT_EQ(pages_until_noticed(0, length), length);
    EXPECT_EQ(pages_until_noticed(5, length), 5 + length);
  }
}

// What is known of the tail is forgotten in between, perhaps in the middle of the circle.
TEST(PageTrail, NoticesACircleThatComesAfterALongWalk) {
  for (const std::uint64_t length : {1U, 2U, 100U, 4000U}) {
    const std::uint64_t pages = pages_until_noticed(1'000'000, length);
    EXPECT_LE(pages, 1'000'000 + 2 * length) << length;
    EXPECT_GE(pages, 1'000'000 + length) << length;
  }
}

TEST(PageTrail, NoticesACircleThatIsLongerThanWhatItKnows) {
  for (const std::uint64_t length : {10'000U, 100'000U}) {
    const std::uint64_t pages = pages_until_noticed(10, length);
    EXPECT_GE(pages, length);
    EXPECT_LE(pages, 3 * length + 20);
  }
}

TEST(PageTrail, LetsAWalkGoOnForAsLongAsItGetsOn) {
  PageTrail trail;
  for (std::uint64_t page = 0; page < 100'000; ++page) ASSERT_FALSE(trail.comes_back(page));
}

TEST(PageTrail, CountsTheEmptyPagesInARow) {
  PageTrail trail;
  for (std::size_t i = 0; i < PageTrail::kMostEmpty; ++i) {
    EXPECT_FALSE(trail.is_empty_too_long(true));
  }
  EXPECT_FALSE(trail.is_empty_too_long(false));
  for (std::size_t i = 0; i < PageTrail::kMostEmpty; ++i) {
    EXPECT_FALSE(trail.is_empty_too_long(true));
  }
  EXPECT_TRUE(trail.is_empty_too_long(true));
}

}  // namespace
}  // namespace terapi::client
