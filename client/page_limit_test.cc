#include "client/page_limit.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

TEST(PageLimit, StaysAtTheLimitWhilePagesFit) {
  PageLimit limit(1000, 32 << 20);
  for (int i = 0; i < 5; ++i) limit.on_page(500'000, 1000);
  EXPECT_EQ(limit.get(), 1000U);
}

TEST(PageLimit, AsksForAsManyAsFitWhenRecordsAreLarge) {
  PageLimit limit(1000, 32 << 20);
  limit.on_page(30'000'000, 1000);  // 30 KB each; a page should be at most 8 MB
  EXPECT_LT(limit.get(), 290U);
  EXPECT_GT(limit.get(), 250U);
}

TEST(PageLimit, ShrinksToOneAndGrowsBack) {
  PageLimit limit(1000, 32 << 20);
  for (int i = 0; i < 4; ++i) limit.on_too_large();
  EXPECT_TRUE(limit.smallest());
  limit.on_broken_page();
  EXPECT_EQ(limit.get(), 1U);
  for (int i = 0; i < 10; ++i) limit.on_page(500, 1);
  EXPECT_EQ(limit.get(), 1000U);
}

TEST(PageLimit, AnEmptyPageSaysNothingAboutSizes) {
  PageLimit limit(10, 32 << 20);
  limit.on_too_large();
  limit.on_page(40, 0);
  EXPECT_EQ(limit.get(), 2U);
}

}  // namespace
}  // namespace terapi::client
