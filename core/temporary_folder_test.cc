#include "core/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

namespace terapi::core {
namespace {

bool exists(const std::string& path) { return std::filesystem::exists(path); }

TEST(TemporaryFolder, IsNewAndEmptyAndGoesWithAllThatIsInIt) {
  std::string path;
  {
    const TemporaryFolder folder("terapi-test");
    path = folder.path();
    EXPECT_THAT(path, testing::HasSubstr("/terapi-test-"));
    EXPECT_TRUE(std::filesystem::is_empty(path));
    std::filesystem::create_directory(folder.file("inner"));
    std::ofstream(folder.file("inner/file")) << "x";
    EXPECT_TRUE(exists(path + "/inner/file"));
  }
  EXPECT_FALSE(exists(path));
}

TEST(TemporaryFolder, NoTwoAreTheSame) {
  EXPECT_NE(TemporaryFolder().path(), TemporaryFolder().path());
}

TEST(TemporaryFolder, GoesWithWhoeverItWasMovedTo) {
  std::optional<TemporaryFolder> first(std::in_place);
  const std::string path = first->path();
  std::optional<TemporaryFolder> second(std::move(*first));
  first.reset();
  EXPECT_TRUE(exists(path));
  TemporaryFolder third;
  const std::string replaced = third.path();
  third = std::move(*second);
  second.reset();
  EXPECT_TRUE(exists(path));
  EXPECT_FALSE(exists(replaced));
}

TEST(TemporaryFolder, SaysWhereNoneCanBeMade) {
  const TemporaryFolder folder;
  const auto made = TemporaryFolder::make("x", folder.file("not-there"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "cannot_write");
  EXPECT_THAT(made.error().message, testing::HasSubstr(folder.file("not-there")));
}

}  // namespace
}  // namespace terapi::core
