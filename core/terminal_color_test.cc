#include "core/terminal_color.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace terapi::core {
namespace {

TEST(TerminalColor, IsForTerminalsWhoseOwnersWantIt) {
  EXPECT_TRUE(color_wanted(true, nullptr, "xterm"));
  EXPECT_TRUE(color_wanted(true, "", nullptr));
  EXPECT_FALSE(color_wanted(true, "1", "xterm"));
  EXPECT_FALSE(color_wanted(true, "0", "xterm"));  // any value, says no-color.org
  EXPECT_FALSE(color_wanted(true, nullptr, "dumb"));
  EXPECT_FALSE(color_wanted(false, nullptr, "xterm"));
}

TEST(TerminalColor, NeverGoesIntoAPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  EXPECT_FALSE(color_wanted(ends[1]));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(TerminalColor, PaintsALineButNotItsEnd) {
  EXPECT_EQ(painted(true, Paint::kBad, "wrong\n"), "\x1b[31mwrong\x1b[0m\n");
  EXPECT_EQ(painted(true, Paint::kFailure, "FAIL"), "\x1b[1;31mFAIL\x1b[0m");
  EXPECT_EQ(painted(true, Paint::kGood, "a\nb"), "\x1b[32ma\nb\x1b[0m");
  EXPECT_EQ(painted(true, Paint::kGood, ""), "");
  EXPECT_EQ(painted(true, Paint::kGood, "\n"), "\n");
  EXPECT_EQ(painted(false, Paint::kBad, "wrong\n"), "wrong\n");
}

}  // namespace
}  // namespace terapi::core
