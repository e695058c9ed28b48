#include "conformance/harness/stage/vain_waits.h"

#include <gtest/gtest.h>

#include <chrono>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;
using For = VainWaits::For;

void fail_often(VainWaits& waits, For what) {
  for (std::size_t i = 0; i < VainWaits::kEnough; ++i) waits.ended(what, 45s, 45s, false);
}

TEST(VainWaits, BeginWithTheFullLimitAndGoDownToAThird) {
  VainWaits waits;
  for (std::size_t i = 0; i < VainWaits::kEnough; ++i) {
    EXPECT_EQ(waits.limit(For::kFetch, 45s), 45s);
    waits.ended(For::kFetch, 45s, 45s, false);
  }
  EXPECT_EQ(waits.limit(For::kFetch, 45s), 15s);
  EXPECT_EQ(waits.limit(For::kStore, 10s), 10s);  // of that nothing is known
}

TEST(VainWaits, OfAClientThatCameLateOnceAreNeverCutShort) {
  VainWaits before;
  before.ended(For::kFetch, 9s, 45s, true);
  fail_often(before, For::kFetch);
  EXPECT_EQ(before.limit(For::kFetch, 45s), 45s);
  VainWaits after;
  fail_often(after, For::kFetch);
  after.ended(For::kFetch, 9s, 45s, true);
  EXPECT_EQ(after.limit(For::kFetch, 45s), 45s);
}

TEST(VainWaits, OfAClientThatIsQuickOtherwiseAreCutShort) {
  VainWaits waits;
  waits.ended(For::kFetch, 100ms, 45s, true);
  fail_often(waits, For::kFetch);
  EXPECT_EQ(waits.limit(For::kFetch, 45s), 15s);
}

TEST(VainWaits, KnowAClientThatNeverSpeaks) {
  VainWaits silent;
  EXPECT_FALSE(silent.never_speaks());
  fail_often(silent, For::kRequest);
  EXPECT_TRUE(silent.never_speaks());
  VainWaits spoke;
  spoke.ended(For::kRequest, 1s, 25s, true);
  fail_often(spoke, For::kRequest);
  EXPECT_FALSE(spoke.never_speaks());
}

}  // namespace
}  // namespace terapi::conformance
