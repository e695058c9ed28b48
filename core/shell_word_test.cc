#include "core/shell_word.h"

#include <gtest/gtest.h>

namespace terapi::core {
namespace {

TEST(ShellWord, IsQuotedOnlyWhereAShellWouldReadIt) {
  EXPECT_EQ(shell_word("src/client.mjs"), "src/client.mjs");
  EXPECT_EQ(shell_word("http://127.0.0.1:3003"), "http://127.0.0.1:3003");
  EXPECT_EQ(shell_word("my file"), "'my file'");
  EXPECT_EQ(shell_word("$HOME;`x`"), "'$HOME;`x`'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace terapi::core
