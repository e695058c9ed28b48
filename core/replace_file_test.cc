#include "core/replace_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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

TEST(ReplaceFile, LeavesWhatIsNoRegularFileWhatItIs) {
  const TemporaryFolder folder;
  const std::string device = folder.file("device");
  std::filesystem::create_symlink("/dev/null", device);
  EXPECT_TRUE(replace_file(device, "x"));
  EXPECT_TRUE(std::filesystem::is_symlink(device));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  const std::string full = folder.file("full");
  std::filesystem::create_symlink("/dev/full", full);
  EXPECT_EQ(replace_file(full, "x").error().message,
            "'" + full + "' cannot be written: No space left on device");
  const std::string dangling = folder.file("dangling");
  std::filesystem::create_symlink(folder.file("behind"), dangling);
  EXPECT_TRUE(replace_file(dangling, "x"));
  EXPECT_TRUE(std::filesystem::is_symlink(dangling));
  EXPECT_EQ(read(folder.file("behind")), "x");
}

TEST(ReplaceFile, ReplacesTheFileBehindALink) {
  const TemporaryFolder folder;
  ASSERT_TRUE(replace_file(folder.file("file"), "old"));
  std::filesystem::create_symlink(folder.file("file"), folder.file("link"));
  ASSERT_TRUE(replace_file(folder.file("link"), "new"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("link")));
  EXPECT_EQ(read(folder.file("file")), "new");
  EXPECT_EQ(files_in(folder), 2);
}

TEST(ReplaceFile, WritesToAFifoThatSomebodyReads) {
  const TemporaryFolder folder;
  const std::string fifo = folder.file("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(replace_file(fifo, "x").error().message,
            "'" + fifo + "' cannot be written: nobody reads from it");
  const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_TRUE(replace_file(fifo, "x"));
  char byte = 0;
  EXPECT_EQ(::read(reader, &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
  ::close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(fifo));
}

TEST(ReplaceFile, TakesAwayOnlyWhatItWrote) {
  const TemporaryFolder folder;
  const std::string path = folder.file("ready.json");
  ASSERT_TRUE(replace_file(path, "mine"));
  remove_replaced_file(path, "another's");
  EXPECT_EQ(read(path), "mine");
  remove_replaced_file(path, "mine");
  EXPECT_FALSE(std::filesystem::exists(path));
  remove_replaced_file(path, "mine");
  remove_replaced_file("/dev/null", "");
  EXPECT_TRUE(std::filesystem::exists("/dev/null"));
}

}  // namespace
}  // namespace terapi::core
