#include "core/nearest.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace terapi::core {
namespace {

const std::vector<std::string> kWords = {"limit", "cursor", "model", "modified_after"};

TEST(Nearest, FindsWhatWasMeant) {
  EXPECT_EQ(nearest("limt", kWords), "limit");
  EXPECT_EQ(nearest("crusor", kWords), "cursor");
  EXPECT_EQ(nearest("modifiedAfter", kWords), "modified_after");
  EXPECT_EQ(nearest("limit", kWords), "limit");
  EXPECT_EQ(nearest("limits", kWords), "limit");
}

TEST(Nearest, FindsNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest("zebra", kWords), "");
  EXPECT_EQ(nearest("", kWords), "");
  EXPECT_EQ(nearest("limit", {}), "");
  EXPECT_EQ(nearest(std::string(100000, 'l'), kWords), "") << "and is quick about it";
}

TEST(Nearest, TakesTheNearerAndOfEqualsTheFirst) {
  EXPECT_EQ(nearest("modle", {"mode", "model"}), "mode");
  EXPECT_EQ(nearest("cat", {"bat", "cut"}), "bat");
}

TEST(Suggestion, ReadsAsTheEndOfASentence) {
  EXPECT_EQ(suggestion("limt", kWords), "; did you mean 'limit'?");
  EXPECT_EQ(suggestion("zebra", {"a1", "b2"}), "; known: a1, b2");
}

}  // namespace
}  // namespace terapi::core
