#include "conformance/program/judge_flags.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

TEST(IdFilter, TakesEverythingWhenItSaysNothing) {
  EXPECT_TRUE(IdFilter::parse("").takes("client/storm"));
}

TEST(IdFilter, TakesWhatFitsOneOfItsGlobs) {
  const IdFilter filter = IdFilter::parse("client/*,server/page-?");
  EXPECT_TRUE(filter.takes("client/storm"));
  EXPECT_TRUE(filter.takes("server/page-1"));
  EXPECT_FALSE(filter.takes("server/page-10"));
  EXPECT_FALSE(filter.takes("webhooks/retry"));
}

TEST(IdFilter, LeavesOutWhatFitsAfterAnExclamationMark) {
  const IdFilter filter = IdFilter::parse("client/*,!client/stalled-*");
  EXPECT_TRUE(filter.takes("client/storm"));
  EXPECT_FALSE(filter.takes("client/stalled-body"));
  EXPECT_FALSE(filter.takes("server/storm"));
}

TEST(IdFilter, TakesAllOthersWhenItOnlyLeavesOut) {
  const IdFilter filter = IdFilter::parse("!client/*");
  EXPECT_TRUE(filter.takes("server/storm"));
  EXPECT_FALSE(filter.takes("client/storm"));
}

}  // namespace
}  // namespace terapi::conformance
