#include "project/project_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "core/temporary_folder.h"

namespace terapi::project {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ProjectFlagsTest : public testing::Test {
 protected:
  ProjectFlagsTest() {
    flags_.text("world", "FILE", "", world_);
    flags_.list("webhook-url", "URL", "", urls_);
    flags_.number("port", "N", "", {.least = 1, .most = 65535}, port_);
    flags_.text("run", "COMMAND", "", run_);
    flags_.text("dump", "COMMAND", "", dump_);
    project_.add_to(flags_);
  }
  // The arguments, with a project file that says this.
  core::Result<ProjectUse> use(const std::string& text, std::vector<std::string> arguments = {}) {
    std::ofstream(folder_.file("terapi.json")) << text;
    arguments.insert(arguments.begin(), {"--project", folder_.file("terapi.json")});
    EXPECT_TRUE(flags_.parse(arguments).has_value());
    return project_.apply(flags_, arguments,
                          [this](const ProjectMember& member) { return member.name != left_out_; });
  }
  std::string refusal(const std::string& text) {
    const auto used = use(text);
    return used ? "" : used.error().message;
  }

  const core::TemporaryFolder folder_;
  core::Flags flags_;
  ProjectFlags project_;
  std::string world_;
  std::vector<std::string> urls_;
  std::uint64_t port_ = 1;
  std::string run_;
  std::string dump_;
  std::string left_out_;
};

TEST_F(ProjectFlagsTest, TheFileSaysWhatNoFlagSays) {
  const auto used = use(R"({"webhook_url": ["a", "b"], "port": 7, "client": {"run": "x"}})");
  ASSERT_TRUE(used.has_value()) << used.error().message;
  EXPECT_THAT(urls_, ElementsAre("a", "b"));
  EXPECT_EQ(port_, 7U);
  EXPECT_EQ(run_, "x");
  EXPECT_TRUE(used->has("port"));
  EXPECT_EQ(used->notice(), "project file " + folder_.file("terapi.json"));
}

TEST_F(ProjectFlagsTest, AFlagWinsAlsoWhereBothAreLists) {
  const auto used =
      use(R"({"webhook_url": ["a", "b"], "port": 7})", {"--webhook-url", "mine", "--port=9"});
  ASSERT_TRUE(used.has_value()) << used.error().message;
  EXPECT_THAT(urls_, ElementsAre("mine"));
  EXPECT_EQ(port_, 9U);
  EXPECT_THAT(used->members, IsEmpty());
}

TEST_F(ProjectFlagsTest, AnotherClientHasAnotherDump) {
  ASSERT_TRUE(use(R"({"client": {"run": "x", "dump": "x dump"}})", {"--run", "y"}).has_value());
  EXPECT_EQ(run_, "y");
  EXPECT_EQ(dump_, "");
}

TEST_F(ProjectFlagsTest, WhatACommandDoesNotTakeIsLeftOut) {
  left_out_ = "port";
  ASSERT_TRUE(use(R"({"port": 7})").has_value());
  EXPECT_EQ(port_, 1U);
}

TEST_F(ProjectFlagsTest, WhatAFlagWouldRefuseIsToldInTheFilesWords) {
  const std::string file = folder_.file("terapi.json");
  EXPECT_EQ(refusal("{\n \"port\": 0}"),
            file + ":2:10: port: '0' is not a whole number from 1 to 65535");
  EXPECT_EQ(refusal(R"({"world": "none.json"})"), file + ":1:11: world: there is no '" +
                                                      folder_.file("none.json") +
                                                      "'; paths are seen from the project file");
}

TEST_F(ProjectFlagsTest, ALaterErrorOfAFlagIsPlacedInTheFile) {
  const auto used = use("{\"webhook_url\": [\"http://a\",\n \"ftp://b\"]}");
  ASSERT_TRUE(used.has_value());
  EXPECT_EQ(used->placed({"bad_usage", "--webhook-url: 'ftp://b' is no URL"}).message,
            folder_.file("terapi.json") + ":2:2: webhook_url: 'ftp://b' is no URL");
  EXPECT_EQ(used->placed({"x", "--webhook-urls: no"}).message, "--webhook-urls: no");
  EXPECT_EQ(used->placed({"x", "port in use"}).message, "port in use");
}

TEST_F(ProjectFlagsTest, OneThatIsNamedHasToBeThereAndNoneIsNone) {
  const auto take_all = [](const ProjectMember&) { return true; };
  ASSERT_TRUE(flags_.parse({"--project", "/none/terapi.json"}).has_value());
  EXPECT_EQ(project_.apply(flags_, {}, take_all).error().code, "no_file");
  ASSERT_TRUE(flags_.parse({"--no-project"}).has_value());
  EXPECT_THAT(project_.apply(flags_, {}, take_all).error().message, HasSubstr("opposites"));
  ProjectFlags none;
  core::Flags flags;
  none.add_to(flags);
  ASSERT_TRUE(flags.parse({"--no-project"}).has_value());
  const auto used = none.apply(flags, {}, take_all);
  EXPECT_FALSE(used->file.has_value());
  EXPECT_EQ(used->notice(), "");
}

}  // namespace
}  // namespace terapi::project
