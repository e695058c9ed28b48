#include "client/overlap_window.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

using namespace std::chrono_literals;

class OverlapWindowTest : public testing::Test {
 protected:
  core::Time read(bool whole, std::uint64_t late) {
    const core::Time from = window_.begin_read(clock_.now());
    window_.end_read(whole, late);
    return from;
  }

  core::VirtualClock clock_;
  OverlapWindow window_{clock_, 5min};
};

TEST_F(OverlapWindowTest, IsNeverDueWithoutASpan) {
  OverlapWindow none(clock_, 0s);
  none.begin();
  none.open();
  EXPECT_FALSE(none.is_due());
  EXPECT_EQ(clock_.pending(), 0U);
}

TEST_F(OverlapWindowTest, ReadsFromTheSpanBeforeTheNewestRecord) {
  window_.begin();
  EXPECT_TRUE(window_.is_due());
  EXPECT_EQ(read(true, 0), clock_.now() - 5min);
}

TEST_F(OverlapWindowTest, IsDueUntilAReadAfterTheSpanFindsNothing) {
  window_.begin();
  clock_.advance_by(4min);
  read(true, 0);
  EXPECT_TRUE(window_.is_due());
  clock_.advance_by(1min);
  EXPECT_TRUE(window_.is_due());
  read(true, 0);
  EXPECT_FALSE(window_.is_due());
}

TEST_F(OverlapWindowTest, AReadThatBeganBeforeTheSpanHadPassedIsNotTheLast) {
  window_.begin();
  window_.begin_read(clock_.now());
  clock_.advance_by(5min);
  window_.end_read(true, 0);
  EXPECT_TRUE(window_.is_due());
}

TEST_F(OverlapWindowTest, AReadThatBrokeOffIsNotTheLast) {
  window_.begin();
  clock_.advance_by(5min);
  read(false, 0);
  EXPECT_TRUE(window_.is_due());
}

TEST_F(OverlapWindowTest, WhatAReadLeftUnreadIsReadByTheNextOne) {
  window_.begin();
  const core::Time from = read(false, 0);
  clock_.advance_by(3h);
  EXPECT_EQ(read(false, 0), from);
  EXPECT_EQ(read(true, 0), from);
  EXPECT_EQ(read(true, 0), clock_.now() - 5min);
}

TEST_F(OverlapWindowTest, WhatWasFoundLateOpensItForTheWholeSpanAgain) {
  window_.begin();
  clock_.advance_by(5min);
  read(true, 1);
  clock_.advance_by(4min);
  read(true, 0);
  EXPECT_TRUE(window_.is_due());
  clock_.advance_by(1min);
  read(true, 0);
  EXPECT_FALSE(window_.is_due());
}

TEST_F(OverlapWindowTest, AChangeOpensItAndTheFirstWalkDoesSoOnce) {
  window_.begin();
  clock_.advance_by(5min);
  read(true, 0);
  window_.begin();
  EXPECT_FALSE(window_.is_due());
  window_.open();
  EXPECT_TRUE(window_.is_due());
}

}  // namespace
}  // namespace terapi::client
