#include "conformance/harness/stage/limit_wait.h"

#include <gtest/gtest.h>

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

TEST(LimitWait, IsWhatTheServerSaysAndASecondMore) {
  EXPECT_EQ(wait_of({429, {{"Retry-After", "54"}}, ""}), 55s);
  EXPECT_EQ(wait_of({429, {{"Retry-After", "0"}}, ""}), 1s);
}

TEST(LimitWait, IsNoneWhereNothingUsefulIsSaid) {
  EXPECT_FALSE(wait_of({200, {{"Retry-After", "5"}}, ""}));
  EXPECT_FALSE(wait_of({503, {{"Retry-After", "5"}}, ""}));
  EXPECT_FALSE(wait_of({429, {}, ""}));
  EXPECT_FALSE(wait_of({429, {{"Retry-After", "soon"}}, ""}));
  EXPECT_FALSE(wait_of({429, {{"Retry-After", "-1"}}, ""}));
  EXPECT_FALSE(wait_of({429, {{"Retry-After", "86400"}}, ""}));
}

}  // namespace
}  // namespace terapi::conformance
