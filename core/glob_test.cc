#include "core/glob.h"

#include <gtest/gtest.h>

#include <string>

#include "core/random.h"

namespace terapi::core {
namespace {

TEST(Glob, AStarStandsForAnyTextAlsoForNone) {
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("*", "anything"));
  EXPECT_TRUE(glob_matches("**", "x"));
  EXPECT_TRUE(glob_matches("a*", "a"));
  EXPECT_TRUE(glob_matches("*a", "banana"));
  EXPECT_TRUE(glob_matches("a*b*c", "a--b--bc"));
  EXPECT_TRUE(glob_matches("*GET*", "GET, HEAD"));
  EXPECT_TRUE(glob_matches("client/*crash*", "client/crash-at-commit"));
}

TEST(Glob, AllOfTheTextHasToFit) {
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_FALSE(glob_matches("", "x"));
  EXPECT_FALSE(glob_matches("a", ""));
  EXPECT_FALSE(glob_matches("a", "ab"));
  EXPECT_FALSE(glob_matches("a*c", "ab"));
  EXPECT_FALSE(glob_matches("a*b", "ab c"));
  EXPECT_FALSE(glob_matches("ab*ba", "aba")) << "no character stands for two";
}

TEST(Glob, AQuestionMarkIsItselfUnlessInFileNameStyle) {
  EXPECT_TRUE(glob_matches("/records?*", "/records?model=Issue"));
  EXPECT_FALSE(glob_matches("a?c", "abc"));
  EXPECT_TRUE(glob_matches("a?c", "abc", GlobStyle::kFileName));
  EXPECT_FALSE(glob_matches("a?c", "ac", GlobStyle::kFileName));
  EXPECT_FALSE(glob_matches("?", "", GlobStyle::kFileName));
  EXPECT_TRUE(glob_matches("*?z", "xyz", GlobStyle::kFileName));
  EXPECT_FALSE(glob_matches("*?z", "z", GlobStyle::kFileName));
}

// A matcher that tries every place for every star would take 2^30 steps and more.
TEST(Glob, ManyStarsTakeNoLonger) {
  std::string pattern;
  for (int i = 0; i < 30; ++i) pattern += "a*";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(2'000, 'a')));
  EXPECT_TRUE(glob_matches(pattern, std::string(2'000, 'a')));
  EXPECT_FALSE(glob_matches(std::string(30, '*') + "b", std::string(20'000, 'a')));
}

// As the definition says, in the way that is slow.
bool tries_every_place(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return tries_every_place(pattern.substr(1), text) ||
           (!text.empty() && tries_every_place(pattern, text.substr(1)));
  }
  if (text.empty() || (pattern.front() != '?' && pattern.front() != text.front())) return false;
  return tries_every_place(pattern.substr(1), text.substr(1));
}

TEST(Glob, AgreesWithTheDefinition) {
  Random random(7);
  const auto drawn = [&](std::string_view letters, std::uint64_t longest) {
    std::string text;
    for (std::uint64_t i = random.below(longest + 1); i > 0; --i) {
      text += letters[random.below(letters.size())];
    }
    return text;
  };
  for (int i = 0; i < 5'000; ++i) {
    const std::string pattern = drawn("ab*?", 8);
    const std::string text = drawn("ab", 10);
    EXPECT_EQ(glob_matches(pattern, text, GlobStyle::kFileName), tries_every_place(pattern, text))
        << pattern << " " << text;
  }
}

}  // namespace
}  // namespace terapi::core
