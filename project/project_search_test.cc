#include "project/project_search.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/temporary_folder.h"

namespace terapi::project {
namespace {

namespace files = std::filesystem;

class ProjectSearchTest : public testing::Test {
 protected:
  void write(const std::string& path) { std::ofstream(folder_.file(path)) << "{}"; }
  void make(const std::string& path) { files::create_directories(folder_.file(path)); }
  // Where it is, as seen from the folder; "" for nowhere.
  std::string found_from(const std::string& path) {
    const auto found = find_project_file(folder_.file(path));
    if (!found) return "";
    const files::path root = files::canonical(folder_.path());
    return files::canonical(found->path).lexically_relative(root).string();
  }
  const core::TemporaryFolder folder_{"terapi-search"};
};

TEST_F(ProjectSearchTest, TheNearestOneCounts) {
  make("shop/.git");
  make("shop/packages/sync/src");
  write("shop/terapi.json");
  EXPECT_EQ(found_from("shop"), "shop/terapi.json");
  EXPECT_EQ(found_from("shop/packages/sync/src"), "shop/terapi.json");
  write("shop/packages/sync/terapi.json");
  EXPECT_EQ(found_from("shop/packages/sync/src"), "shop/packages/sync/terapi.json");
  EXPECT_EQ(found_from("shop/packages"), "shop/terapi.json");
}

TEST_F(ProjectSearchTest, NothingAboveTheRepositoryCounts) {
  make("shop/.git");
  make("shop/src");
  write("terapi.json");
  EXPECT_EQ(found_from("shop/src"), "");
  files::remove(folder_.file("shop/.git"));
  std::ofstream(folder_.file("shop/.git")) << "gitdir: elsewhere";  // a worktree's
  EXPECT_EQ(found_from("shop/src"), "");
  files::remove(folder_.file("shop/.git"));
  EXPECT_EQ(found_from("shop/src"), "terapi.json");
}

// Of a checkout without the folder that it leads to, say: another one must not take its place.
TEST_F(ProjectSearchTest, ALinkToNothingCounts) {
  make("shop/sync");
  write("shop/terapi.json");
  files::create_symlink("../../shared/terapi.json", folder_.file("shop/sync/terapi.json"));
  const auto found = find_project_file(folder_.file("shop/sync"));
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->path.ends_with("shop/sync/terapi.json")) << found->path;
}

TEST_F(ProjectSearchTest, AFolderOfThatNameIsNone) {
  make(".git");
  make("terapi.json");
  EXPECT_EQ(found_from(""), "");
  EXPECT_FALSE(find_project_file(folder_.file("nowhere")).has_value());
}

TEST_F(ProjectSearchTest, AStrangersFileInAFolderForAllIsDoubtful) {
  make("shared");
  write("shared/terapi.json");
  ::chmod(folder_.file("shared").c_str(), 01777);
  EXPECT_FALSE(find_project_file(folder_.file("shared"))->doubtful) << "it is ours";
  if (::chown(folder_.file("shared/terapi.json").c_str(), 12345, 12345) != 0) {
    GTEST_SKIP() << "only root can give a file away";
  }
  EXPECT_TRUE(find_project_file(folder_.file("shared"))->doubtful);
  // In a folder of one's own, such as a container's mount, anything is wanted.
  ::chmod(folder_.file("shared").c_str(), 0755);
  EXPECT_FALSE(find_project_file(folder_.file("shared"))->doubtful);
}

}  // namespace
}  // namespace terapi::project
