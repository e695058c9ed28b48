#include "client/patience.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

class PatienceTest : public testing::Test {
 protected:
  core::VirtualClock clock_;
  Patience patience_{clock_, 10min};
};

TEST_F(PatienceTest, IsNotOverBeforeAnythingFails) {
  clock_.advance_by(1h);
  EXPECT_FALSE(patience_.is_over());
}

TEST_F(PatienceTest, IsOverWhenTheLimitHasPassedSinceTheFirstFailure) {
  patience_.on_failure();
  clock_.advance_by(6min);
  patience_.on_failure();
  EXPECT_FALSE(patience_.is_over());
  clock_.advance_by(4min);
  EXPECT_TRUE(patience_.is_over());
  patience_.on_failure();
  EXPECT_TRUE(patience_.is_over());
}

TEST_F(PatienceTest, BeginsAnewAfterASuccess) {
  patience_.on_failure();
  clock_.advance_by(9min);
  patience_.on_success();
  clock_.advance_by(9min);
  EXPECT_FALSE(patience_.is_over());
  patience_.on_failure();
  clock_.advance_by(10min);
  EXPECT_TRUE(patience_.is_over());
  patience_.on_success();
  EXPECT_FALSE(patience_.is_over());
}

TEST_F(PatienceTest, NeverEndsWithoutALimit) {
  Patience endless(clock_, 0s);
  endless.on_failure();
  clock_.advance_by(24h * 365);
  EXPECT_FALSE(endless.is_over());
}

}  // namespace
}  // namespace terapi::client
