#include "project/project_draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "core/temporary_folder.h"
#include "project/project_file.h"

namespace terapi::project {
namespace {

using testing::HasSubstr;

class ProjectDraftTest : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = folder_.file(path);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  const core::TemporaryFolder folder_;
  ProjectDraft draft_;
};

TEST_F(ProjectDraftTest, GuessesCommandsFromPackageJsonsScripts) {
  write("package.json", R"({"scripts": {"sync": "tsx sync.ts", "dump": "tsx dump.ts"}})");
  EXPECT_EQ(draft_.guess(folder_.path()), "package.json");
  EXPECT_EQ(draft_.run, "npm run --silent sync");
  EXPECT_EQ(draft_.dump, "npm run --silent dump");
}

TEST_F(ProjectDraftTest, GuessesTheFileThatAPackageNamesOrOneThatIsCalledLikeAClient) {
  write("package.json", R"({"main": "lib/start.js"})");
  write("lib/start.js", "");
  draft_.guess(folder_.path());
  EXPECT_EQ(draft_.run, "node lib/start.js");
  EXPECT_EQ(draft_.dump, "") << "perhaps it knows no `dump`, and starts a second client";
  write("package.json", R"({"main": "it's mine.js"})");
  write("it's mine.js", "");
  draft_ = {};
  draft_.guess(folder_.path());
  EXPECT_EQ(draft_.run, "node 'it'\\''s mine.js'");
  write("package.json", "{}");
  write("client.mjs", "");
  ProjectDraft other;
  other.guess(folder_.path());
  EXPECT_EQ(other.run, "node client.mjs");
}

TEST_F(ProjectDraftTest, GuessesFromPyprojectGoAndGemfile) {
  write("Gemfile", "");
  write("sync.rb", "");
  EXPECT_EQ(draft_.guess(folder_.path()), "Gemfile");
  EXPECT_EQ(draft_.run, "bundle exec ruby sync.rb");
  write("go.mod", "");
  write("main.go", "");
  draft_ = {};
  EXPECT_EQ(draft_.guess(folder_.path()), "go.mod");
  EXPECT_EQ(draft_.run, "go run .");
  write("pyproject.toml", "");
  write("client.py", "");
  draft_ = {};
  EXPECT_EQ(draft_.guess(folder_.path()), "pyproject.toml");
  EXPECT_EQ(draft_.run, "python3 client.py");
}

TEST_F(ProjectDraftTest, WhatIsSaidIsNotGuessed) {
  write("package.json", R"({"main": "a.js"})");
  write("a.js", "");
  write("terapi/world.json", "{}");
  draft_.run = "mine";
  EXPECT_EQ(draft_.guess(folder_.path()), "");
  EXPECT_EQ(draft_.run, "mine");
  EXPECT_EQ(draft_.dump, "");
  EXPECT_EQ(draft_.world, "terapi/world.json");
}

TEST_F(ProjectDraftTest, AnEmptyFolderGivesNoGuessAndABrokenPackageNoError) {
  EXPECT_EQ(draft_.guess(folder_.path()), "");
  write("package.json", "{");
  EXPECT_EQ(draft_.guess(folder_.path()), "");
  EXPECT_EQ(draft_.run, "");
}

TEST_F(ProjectDraftTest, WhatIsNotKnownStandsThereAsAComment) {
  draft_.run = "node a.mjs";
  const std::string text = draft_.text();
  EXPECT_THAT(text, HasSubstr("\"run\": \"node a.mjs\"\n"));
  EXPECT_THAT(text, HasSubstr("// \"dump\": \"node client.mjs dump\",\n"));
  EXPECT_THAT(text, HasSubstr("// \"world\": \"terapi/world.json\",\n"));
}

}  // namespace
}  // namespace terapi::project
