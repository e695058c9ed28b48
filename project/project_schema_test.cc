// project/terapi.schema.json, which editors check project files by, and the table of
// docs/project-file.md are what the table of members says; what the reader takes and refuses, the
// schema does.
#include "project/project_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/test_json_schema.h"
#include "core/test_places.h"
#include "project/project_draft.h"
#include "project/project_file.h"
#include "project/project_member.h"

namespace terapi::project {
namespace {

using Json = nlohmann::ordered_json;
using testing::IsEmpty;
using testing::Not;

std::string text_of_project_source(const std::string& path) {
  std::ifstream file(core::source_folder() + path);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// With TERAPI_WRITE_GENERATED=1 in the environment it writes what it would compare.
void expect_is_written(const std::string& path, const std::string& text) {
  if (std::getenv("TERAPI_WRITE_GENERATED") != nullptr) {
    std::ofstream(core::source_folder() + path) << text;
  }
  EXPECT_TRUE(text_of_project_source(path) == text)
      << path << " is not what the table of members says; write it anew by\n"
      << "TERAPI_WRITE_GENERATED=1 project_test --gtest_filter='ProjectSchema.*'";
}

std::vector<std::string> schema_faults(const std::string& text) {
  static const Json kSchema = Json::parse(project_schema());
  return core::SchemaCheck(kSchema).faults(kSchema, Json::parse(text, nullptr, true, true));
}

TEST(ProjectSchema, TheFilesAreWhatTheMembersSay) {
  expect_is_written("/project/terapi.schema.json", project_schema());
  expect_is_written("/docs/project-file.md",
                    with_member_table(text_of_project_source("/docs/project-file.md")));
}

TEST(ProjectSchema, TakesWhatTheReaderTakesAndRefusesWhatItRefuses) {
  for (const char* good :
       {"{}", R"({"$schema": "x", "world": {}, "client": {"run": "a"}})",
        R"({"webhook_url": "http://a", "skip": ["a"], "quirks": {"q": true}})"}) {
    EXPECT_THAT(schema_faults(good), IsEmpty()) << good;
    EXPECT_TRUE(ProjectFile::parse(good, "terapi.json").has_value()) << good;
  }
  for (const char* bad :
       {"[]", R"({"worlds": {}})", R"({"clock": "real"})", R"({"port": 65536})", R"({"port": 1.5})",
        R"({"client": {"rnu": "a"}})", R"({"client": "a"})", R"({"skip": [1]})", R"({"skip": ""})",
        R"({"quirks": {"q": "on"}})", R"({"quick": "yes"})", R"({"world": []})",
        R"({"port": null})", R"({"quick": null})", R"({"client": null})", R"({"clock": null})",
        R"({"world": null})", R"({"quirks": null})", R"({"$schema": null})"}) {
    EXPECT_THAT(schema_faults(bad), Not(IsEmpty())) << bad;
    EXPECT_FALSE(ProjectFile::parse(bad, "terapi.json").has_value()) << bad;
  }
}

TEST(ProjectSchema, EveryMembersExampleIsGood) {
  for (const ProjectMember& member : project_members()) {
    const std::size_t dot = member.name.find('.');
    std::string text(member.example);
    const auto wrap = [&text](std::string_view name) {
      text = "{\"" + std::string(name) + "\": " + text + "}";
    };
    wrap(member.name.substr(dot == std::string_view::npos ? 0 : dot + 1));
    if (dot != std::string_view::npos) wrap(member.name.substr(0, dot));
    EXPECT_THAT(schema_faults(text), IsEmpty()) << text;
    const auto file = ProjectFile::parse(text, "terapi.json");
    EXPECT_TRUE(file.has_value()) << text << (file ? "" : file.error().message);
  }
}

TEST(ProjectSchema, WhatIsDraftedIsGoodAndStaysSoWhenCommentsAreTakenAway) {
  ProjectDraft draft;
  draft.run = "node \"my client.mjs\"";
  for (const bool with_client : {true, false}) {
    if (!with_client) draft.run.clear();
    std::string text = draft.text();
    for (const bool commented : {true, false}) {
      EXPECT_THAT(schema_faults(text), IsEmpty()) << text;
      const auto file = ProjectFile::parse(text, "terapi.json");
      ASSERT_TRUE(file.has_value()) << text << file.error().message;
      if (!commented) continue;
      // Each member that is a comment, `// "name": …`, is made one.
      for (std::size_t at = 0; (at = text.find("// \"", at)) != std::string::npos;) {
        text.erase(at, 3);
      }
    }
    EXPECT_EQ(text.find("// \""), std::string::npos);
  }
}

}  // namespace
}  // namespace terapi::project
