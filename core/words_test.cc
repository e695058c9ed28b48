#include "core/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace terapi::core {
namespace {

enum class Level { kLow, kHigh, kNowhere };

constexpr auto kLevels = std::to_array<Word<Level>>(
    {{Level::kLow, "low"}, {Level::kHigh, "high", "near the top"}, {Level::kHigh, "tall"}});

TEST(Words, TheFirstWordOfAValueIsWrittenAndAllAreRead) {
  static_assert(word_of(kLevels, Level::kHigh) == "high");
  static_assert(value_of(kLevels, "low") == Level::kLow);
  EXPECT_EQ(value_of(kLevels, "tall"), Level::kHigh);
  EXPECT_EQ(value_of(kLevels, "Low"), std::nullopt);
  EXPECT_EQ(value_of(kLevels, ""), std::nullopt);
  EXPECT_THAT(words_in(kLevels), testing::ElementsAre("low", "high", "tall"));
}

TEST(WordsDeathTest, AbortsOnAValueThatHasNoWord) {
  EXPECT_DEATH(word_of(kLevels, Level::kNowhere), "a value without a word");
}

}  // namespace
}  // namespace terapi::core
