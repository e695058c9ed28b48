#include "core/printable.h"

#include <gtest/gtest.h>

namespace terapi::core {
namespace {

TEST(Printable, EscapesWhatSteersATerminal) {
  EXPECT_EQ(printable("a\x1b[2J\x7f\tb\r\nc\r", LineBreaks::kKeep), "a\\x1b[2J\\x7f\tb\nc\\x0d");
  EXPECT_EQ(printable("a\tb\r\nc", LineBreaks::kEscape), "a\\x09b\\x0d\\x0ac");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J",
                      LineBreaks::kKeep),
            "\\x9b2J");
  EXPECT_EQ(printable(std::string_view("\0", 1), LineBreaks::kKeep), "\\x00");
}

// A terminal that does not speak UTF-8 obeys the byte 9B, and gzip has them all.
TEST(Printable, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("\x1f\x8b\x08 \x9b"
                      "2J \xC3",
                      LineBreaks::kKeep),
            "\\x1f\\x8b\\x08 \\x9b2J \\xc3");
  EXPECT_EQ(printable("\xED\xA0\x80", LineBreaks::kKeep), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xC0\x9B", LineBreaks::kEscape), "\\xc0\\x9b");
}

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(printable("plain é … 東京 🚀\xC2\xA0", LineBreaks::kEscape), "plain é … 東京 🚀\xC2\xA0");
  EXPECT_EQ(printable("", LineBreaks::kKeep), "");
}

}  // namespace
}  // namespace terapi::core
