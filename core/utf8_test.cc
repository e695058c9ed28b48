#include "core/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace terapi::core {
namespace {

TEST(Utf8, WritesAndRecognisesEveryScalarValue) {
  for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
    std::string text;
    append_utf8(text, code);
    const std::size_t expected = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    ASSERT_EQ(text.size(), expected) << "U+" << std::hex << code;
    ASSERT_EQ(utf8_sequence_length(text), surrogate ? 0 : expected) << "U+" << std::hex << code;
    ASSERT_EQ(utf8_sequence_length(text + "x"), surrogate ? 0 : expected);
    if (expected > 1) {
      text.pop_back();
      ASSERT_EQ(utf8_sequence_length(text), 0U) << "cut U+" << std::hex << code;
      ASSERT_EQ(utf8_sequence_length(text + "A"), 0U) << "broken U+" << std::hex << code;
    }
  }
}

// Exactly the scalar values in two bytes: nothing overlong among all pairs of bytes.
TEST(Utf8, CountsOfWellFormedSequencesAreThoseOfUnicode) {
  int pairs = 0;
  int triples = 0;
  for (int a = 0x80; a < 0x100; ++a) {
    for (int b = 0; b < 0x100; ++b) {
      const std::string two = {static_cast<char>(a), static_cast<char>(b)};
      pairs += utf8_sequence_length(two) == 2 ? 1 : 0;
      for (int c = 0x70; c < 0xD0; ++c) {
        triples += utf8_sequence_length(two + static_cast<char>(c)) == 3 ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(pairs, 0x800 - 0x80);
  EXPECT_EQ(triples, 0x10000 - 0x800 - 0x800);
}

TEST(Utf8, RefusesOverlongSurrogateAndOutOfRange) {
  for (const std::string text : {"\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                                 "\xF8\x88\x80\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xFF"}) {
    EXPECT_EQ(utf8_sequence_length(text), 0U) << testing::PrintToString(text);
    EXPECT_FALSE(is_utf8("ok" + text));
  }
  EXPECT_EQ(utf8_sequence_length(""), 0U);
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string("a\0b", 3)));
}

TEST(Shortened, CutsLongTextsBetweenCharacters) {
  EXPECT_EQ(shortened("short"), "short");
  EXPECT_EQ(shortened("0123456789", 10), "0123456789");
  EXPECT_EQ(shortened("0123456789", 4), "0123… (10 bytes)");
  EXPECT_EQ(shortened("äöü", 3), "ä… (6 bytes)");
  EXPECT_EQ(shortened("äöü", 1), "… (6 bytes)");
}

TEST(Utf8, IsMadeOfWhatIsNot) {
  EXPECT_EQ(as_utf8("a\xffz\xC3"), "a\xEF\xBF\xBDz\xEF\xBF\xBD");
  EXPECT_EQ(as_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(as_utf8("é😀"), "é😀");
}

}  // namespace
}  // namespace terapi::core
