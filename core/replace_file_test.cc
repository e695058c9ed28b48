#include "core/replace_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/temporary_folder.h"

namespace terapi::core {
namespace {

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::ptrdiff_t files_in(const TemporaryFolder& folder) {
  return std::distance(std::filesystem::directory_iterator(folder.path()), {});
}

TEST(ReplaceFile, LeavesTheNewTextAndNothingBesideIt) {
  const TemporaryFolder folder;
  const std::string path = folder.file("ready.json");
  ASSERT_TRUE(replace_file(path, "a longer text"));
  EXPECT_EQ(read(path), "a longer text");
  ASSERT_TRUE(replace_file(path, "short"));
  EXPECT_EQ(read(path), "short");
  EXPECT_EQ(files_in(folder), 1);
}

TEST(ReplaceFile, NamesThePathThatCannotBeWritten) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("taken"));
  for (const std::string& path : {folder.file("no/folder"), folder.file("taken")}) {
    const Result<void> written = replace_file(path, "x");
    ASSERT_FALSE(written) << path;
    EXPECT_EQ(written.error(), (Error{"no_file", "'" + path + "' cannot be written"}));
  }
  EXPECT_EQ(files_in(folder), 1);
}

}  // namespace
}  // namespace terapi::core
