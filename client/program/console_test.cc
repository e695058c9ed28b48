#include "client/program/console.h"

#include <gtest/gtest.h>

namespace terapi::client {
namespace {

class ConsoleTest : public testing::Test {
 protected:
  std::string take_output() { return std::exchange(written_, ""); }
  std::string written_;
  std::size_t columns_ = 80;
  Console console_{[this](std::string_view text) { written_ += text; },
                   [this] { return columns_; }};
};

TEST_F(ConsoleTest, PrintsLinesAsTheyAreWhileNothingIsShown) {
  console_.print("one\n");
  console_.clear();
  EXPECT_EQ(take_output(), "one\n");
}

TEST_F(ConsoleTest, RedrawsTheLineInItsPlace) {
  console_.show("1 record");
  console_.show("2 records");
  EXPECT_EQ(take_output(), "\r\x1b[K1 record\r\x1b[K2 records");
}

TEST_F(ConsoleTest, WritesNothingForALineThatIsThereAlready) {
  console_.show("1 record");
  take_output();
  console_.show("1 record");
  EXPECT_EQ(take_output(), "");
}

TEST_F(ConsoleTest, PrintsAboveTheLine) {
  console_.show("1 record");
  take_output();
  console_.print("a warning\n");
  EXPECT_EQ(take_output(), "\r\x1b[Ka warning\n1 record");
}

TEST_F(ConsoleTest, LeavesNothingBehindAtTheEnd) {
  console_.show("1 record");
  take_output();
  console_.clear();
  console_.print("done\n");
  EXPECT_EQ(take_output(), "\r\x1b[Kdone\n");
}

TEST_F(ConsoleTest, CutsWhatWouldWrap) {
  columns_ = 6;
  console_.show("123456");
  EXPECT_EQ(take_output(), "\r\x1b[K1234…");
  console_.show("12345");
  EXPECT_EQ(take_output(), "\r\x1b[K12345");
}

}  // namespace
}  // namespace terapi::client
