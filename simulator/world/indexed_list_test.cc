#include "simulator/world/indexed_list.h"

#include <gtest/gtest.h>

#include <string>

namespace terapi::simulator {
namespace {

struct CountedNames {
  static inline std::size_t hashed = 0;
  static std::size_t hash_of(const std::string& name) {
    ++hashed;
    return std::hash<std::string>()(name);
  }
};
using Words = IndexedList<std::string, CountedNames>;

const std::string* find_word(const Words& words, const std::string& wanted) {
  return words.find(std::hash<std::string>()(wanted),
                    [&](const std::string& word) { return word == wanted; });
}

Words numbers(int count) {
  Words words;
  for (int i = 0; i < count; ++i) words.push_back(std::to_string(i));
  return words;
}

TEST(IndexedList, FindsWhatIsThere) {
  for (const int count : {0, 3, 8, 9, 1000}) {
    Words words = numbers(count);
    for (int i = 0; i < count; ++i) {
      const std::string* const found = find_word(words, std::to_string(i));
      ASSERT_NE(found, nullptr) << i;
      EXPECT_EQ(found, &words[static_cast<std::size_t>(i)]);
    }
    EXPECT_EQ(find_word(words, "x"), nullptr);
    words.push_back("x");
    EXPECT_NE(find_word(words, "x"), nullptr) << "added later";
    words.emplace_back() = "y";
    EXPECT_NE(find_word(words, "y"), nullptr) << "named after it was added";
  }
}

TEST(IndexedList, FindsTheFirstOfSeveral) {
  Words words = numbers(100);
  words.push_back("7");
  EXPECT_EQ(find_word(words, "7"), &words[7]);
}

TEST(IndexedList, FollowsWhatIsChanged) {
  Words words = numbers(100);
  EXPECT_NE(find_word(words, "50"), nullptr);
  words.items()[50] = "renamed";
  EXPECT_EQ(find_word(words, "50"), nullptr);
  EXPECT_EQ(find_word(words, "renamed"), &words[50]);
  std::erase_if(words.items(), [](const std::string& word) { return word == "7"; });
  words.push_back("new");
  EXPECT_EQ(find_word(words, "7"), nullptr);
  EXPECT_EQ(find_word(words, "8"), &words[7]);
  EXPECT_NE(find_word(words, "new"), nullptr);
}

TEST(IndexedList, IsAValue) {
  Words words = numbers(100);
  EXPECT_NE(find_word(words, "50"), nullptr);
  const Words copy = words;
  words.items()[50] = "changed";
  EXPECT_NE(find_word(copy, "50"), nullptr);
  const Words moved = std::move(words);
  EXPECT_EQ(find_word(moved, "50"), nullptr);
  EXPECT_NE(find_word(moved, "changed"), nullptr);
}

// What one walk costs is what all of them together cost.
TEST(IndexedList, LooksAtEachNameOnce) {
  Words words;
  CountedNames::hashed = 0;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(find_word(words, std::to_string(i)), nullptr);
    words.push_back(std::to_string(i));
  }
  EXPECT_LE(CountedNames::hashed, 1000U);
}

}  // namespace
}  // namespace terapi::simulator
