#include "project/project_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "core/temporary_folder.h"

namespace terapi::project {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using FlagValues = std::vector<std::pair<std::string, std::string>>;

FlagValues flags_of_project(const std::string& text, const std::string& path = "terapi.json") {
  const auto file = ProjectFile::parse(text, path);
  EXPECT_TRUE(file.has_value()) << (file ? "" : file.error().message);
  FlagValues values;
  if (!file) return values;
  for (const ProjectSetting& setting : file->settings()) {
    values.emplace_back(std::string(setting.member->flag), setting.value);
  }
  return values;
}

std::string mistakes_of_project(const std::string& text) {
  const auto file = ProjectFile::parse(text, "terapi.json");
  return file ? "" : file.error().message;
}

TEST(ProjectFile, EachMemberIsTheFlagThatItStandsFor) {
  EXPECT_THAT(flags_of_project(R"({
      // comments, as in worlds and scenarios
      "world": "world.json", "clock": "virtual", "seed": 7, "webhook_url": ["http://a", "http://b"],
      "quirks": {"one": true, "other": false}, "client": {"run": "node a.mjs"},
      "quick": true, "thorough": false})"),
              ElementsAre(Pair("world", "world.json"), Pair("clock", "virtual"), Pair("seed", "7"),
                          Pair("quirk", "one=on"), Pair("quirk", "other=off"),
                          Pair("webhook-url", "http://a"), Pair("webhook-url", "http://b"),
                          Pair("run", "node a.mjs"), Pair("quick", "")));
}

TEST(ProjectFile, PathsAreAsSeenFromItsFolder) {
  EXPECT_THAT(flags_of_project(
                  R"({"world": "w.json", "data": "/srv/s.db", "scenarios": ["a", "../b"],
                      "load": ["sync.db", "connection=c,integration=i,model=m,file=r.ndjson,id=k"]})",
                  "../shop/terapi.json"),
              ElementsAre(Pair("world", "../shop/w.json"), Pair("load", "../shop/sync.db"),
                          Pair("load",
                               "connection=c,integration=i,model=m,"
                               "file=../shop/r.ndjson,id=k"),
                          Pair("data", "/srv/s.db"), Pair("more-scenarios", "../shop/a"),
                          Pair("more-scenarios", "../b")));
}

TEST(ProjectFile, WhatIsPickedAndWhatIsSkippedAreOneFilter) {
  EXPECT_THAT(flags_of_project(R"({"filter": ["client/*", "own/*"], "skip": "client/backlog*"})"),
              ElementsAre(Pair("filter", "client/*,own/*,!client/backlog*")));
  EXPECT_THAT(flags_of_project(R"({"skip": ["a", "b"]})"), ElementsAre(Pair("filter", "!a,!b")));
}

TEST(ProjectFile, EachMistakeIsToldWithItsPlaceAndMember) {
  EXPECT_EQ(mistakes_of_project("{\n  \"clock\": \"virtaul\",\n  \"port\": 70000,\n"
                                "  \"client\": {\"rnu\": \"x\"}\n}"),
            "terapi.json:2:12: clock: unknown value 'virtaul'; did you mean 'virtual'?\n"
            "terapi.json:3:11: port is 70000; expected a whole number from 0 to 65535\n"
            "terapi.json:4:14: unknown key 'rnu' in client; known: run, dump");
  EXPECT_THAT(mistakes_of_project(R"({"world": 3})"),
              HasSubstr("terapi.json:1:11: world is 3; expected the path of a world file"));
  EXPECT_THAT(mistakes_of_project(R"({"client": "node x"})"), HasSubstr("expected an object"));
  EXPECT_THAT(mistakes_of_project(R"({"skip": ["!a"]})"), HasSubstr("skip[0] begins with '!'"));
  EXPECT_THAT(mistakes_of_project(R"({"quirks": {"a": 1}})"),
              HasSubstr("quirks.a is 1; expected true or false"));
  EXPECT_THAT(mistakes_of_project(R"({"webhook_url": ["http://a", ""]})"),
              HasSubstr("webhook_url[1] is empty"));
  EXPECT_THAT(mistakes_of_project("{\"clock\":"), HasSubstr("terapi.json: "));
  EXPECT_THAT(mistakes_of_project("[]"), HasSubstr("expected an object"));
}

// A merge may leave a member twice, and whoever takes a value away may leave null: neither would do
// what it looks like.
TEST(ProjectFile, WhatIsThereTwiceOrNullIsAMistake) {
  EXPECT_EQ(mistakes_of_project(R"({"port": 1, "client": {"run": "a", "run": "b"}, "port": 2,
 "quirks": {"q": true, "q": false}})"),
            "terapi.json:1:36: client.run is here a second time\n"
            "terapi.json:1:49: port is here a second time\n"
            "terapi.json:2:24: quirks.q is here a second time");
  EXPECT_EQ(
      mistakes_of_project(R"({"port": null, "client": {"dump": null}})"),
      "terapi.json:1:10: port is null; expected a value; leave it out for what holds without it\n"
      "terapi.json:1:35: client.dump is null; expected a value; leave it out for what holds "
      "without it");
  EXPECT_THAT(mistakes_of_project(R"({"client": null})"), HasSubstr("client is null"));
}

TEST(ProjectFile, AWorldInItKeepsItsLinesAndColumns) {
  const std::string text = "{ // the shop's\n  \"world\": {\"records\": []},\n  \"seed\": 1 }";
  const auto file = ProjectFile::parse(text, "terapi.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->world_text(),
            std::string(15, ' ') + "\n" + std::string(11, ' ') + "{\"records\": []}");
  EXPECT_EQ(file->place(text.find("{\"records")), "terapi.json:2:12");
  EXPECT_EQ(ProjectFile::parse("{}", "terapi.json")->world_text(), "");
}

TEST(ProjectFile, OneThatCannotBeReadIsNoFile) {
  const core::TemporaryFolder folder;
  EXPECT_EQ(ProjectFile::read(folder.file("terapi.json")).error().code, "no_file");
  EXPECT_EQ(ProjectFile::read(folder.path()).error().code, "no_file");
  std::ofstream(folder.file("terapi.json")) << "{\"seed\": 3}";
  const auto file = ProjectFile::read(folder.file("terapi.json"));
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->folder(), folder.path());
}

}  // namespace
}  // namespace terapi::project
