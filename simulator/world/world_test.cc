#include "simulator/world/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "simulator/world/state.h"

namespace terapi::simulator {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace json = core::json;

World good(const std::string& text, const Dialect& dialect = terapi_dialect()) {
  json::Issues issues;
  World world = read_world(text, dialect, issues);
  EXPECT_EQ(issues_text("world.json", text, issues), "");
  return world;
}

// What is wrong with it, a line each, with its place.
std::string faults_of(const std::string& text) {
  json::Issues issues;
  static_cast<void>(read_world(text, terapi_dialect(), issues));
  return issues_text("world.json", text, issues);
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(DefaultWorld, IsTheDocumentedOne) {
  const World world = good(std::string(default_world_text()));
  ASSERT_THAT(world.environments, SizeIs(1));
  const Environment& dev = world.environments[0];
  EXPECT_EQ(dev.settings.name, "dev");
  EXPECT_EQ(dev.settings.secret_key, "7f3d2a10-5c4e-4b8a-9d61-2e8f0c9b7a54");
  const Integration* github = dev.find_integration("github");
  ASSERT_NE(github, nullptr);
  ASSERT_THAT(github->syncs, SizeIs(1));
  EXPECT_EQ(github->syncs[0].name, "github-issues");
  EXPECT_THAT(github->syncs[0].models, ElementsAre("Issue"));
  EXPECT_EQ(github->syncs[0].frequency, 1h);
  EXPECT_EQ(github->syncs[0].kind, SyncKind::kIncremental);
  EXPECT_TRUE(github->syncs[0].enabled);
  EXPECT_NE(dev.find_connection("github", "demo"), nullptr);
  ASSERT_THAT(world.records, SizeIs(1));
  EXPECT_EQ(world.records[0].stream, (StreamKey{"github", "demo", "Issue", "base"}));
  EXPECT_EQ(world.records[0].generate_count, 1000);
  EXPECT_EQ(world.records[0].generate_bytes, 300);
}

TEST(World, IsTheDefaultEnvironmentWhenNothingIsSaid) {
  const World world = good("{}");
  ASSERT_THAT(world.environments, SizeIs(1));
  EXPECT_EQ(world.environments[0].settings.name, "dev");
  EXPECT_EQ(world.environments[0].settings.secret_key, kDefaultSecretKey);
  EXPECT_THAT(world.records, IsEmpty());
  EXPECT_EQ(good("{}", nango_dialect()).environments[0].settings.retry.attempts, 3);
}

TEST(World, MayHaveComments) {
  EXPECT_EQ(good("\xEF\xBB\xBF// my world\n{ /* x */ \"environment\": {\"name\":\"x\"} }")
                .environments[0]
                .settings.name,
            "x");
}

TEST(World, ReadsEverySourceOfRecords) {
  const World world = good(R"({
    "integrations":[{"id":"github"}],
    "connections":[{"id":"demo","integration":"github","webhook_url":null},
                   {"id":"own","integration":"github","webhook_url":"http://own/hook"}],
    "records":[
      {"connection":"demo","integration":"github","model":"A","generate":{"count":2,"bytes":50}},
      {"connection":"demo","model":"B","variant":"v","items":[{"id":"1","n": 1e400 },{"id":2}]},
      {"connection":"own","model":"C","file":"x.ndjson","id":"Package"}]})");
  ASSERT_THAT(world.records, SizeIs(3));
  EXPECT_EQ(world.records[0].generate_count, 2);
  EXPECT_EQ(world.records[0].generate_bytes, 50);
  EXPECT_EQ(world.records[1].stream, (StreamKey{"github", "demo", "B", "v"}));
  EXPECT_THAT(world.records[1].items, ElementsAre(R"({"id":"1","n": 1e400 })", R"({"id":2})"));
  EXPECT_EQ(world.records[1].place, "records[1]");
  EXPECT_EQ(world.records[2].file, "x.ndjson");
  EXPECT_EQ(world.records[2].id_key, "Package");
  EXPECT_EQ(world.records[2].environment, "dev");
  EXPECT_EQ(world.environments[0].find_connection("github", "demo")->webhook_url, std::nullopt);
  EXPECT_EQ(world.environments[0].find_connection("github", "own")->webhook_url, "http://own/hook");
}

TEST(World, ReadsFaults) {
  const World world = good(R"({"faults":[
    {"on":"api","match":{"path":"/records"},"nth":[2],"do":{"status":503}},
    {"id":"late","on":"store","probability":0.5,"do":{"late_commit":"10s"}}]})");
  ASSERT_THAT(world.faults, SizeIs(2));
  EXPECT_EQ(world.faults[0].id, "fault-1");
  EXPECT_EQ(world.faults[1].id, "late");
  EXPECT_EQ(world.faults[1].parts_per_million, 500000);
}

TEST(World, ReadsSeveralEnvironments) {
  const std::string text = R"({
    "environments":[
      {"name":"dev","integrations":[{"id":"github"}],
       "connections":[{"id":"demo","integration":"github"}],
       "records":[{"connection":"demo","model":"A","items":[]}]},
      {"name":"prod","secret_key":"p"}],
    "integrations":[{"environment":"prod","id":"github"}],
    "connections":[{"environment":"prod","id":"acme","integration":"github"}],
    "records":[{"environment":"prod","connection":"acme","model":"B","items":[]}]})";
  const World world = good(text);
  ASSERT_THAT(world.environments, SizeIs(2));
  EXPECT_EQ(world.environments[0].settings.secret_key, kDefaultSecretKey);
  EXPECT_NE(world.environments[0].find_connection("github", "demo"), nullptr);
  EXPECT_EQ(world.environments[0].find_connection("github", "acme"), nullptr);
  EXPECT_NE(world.environments[1].find_connection("github", "acme"), nullptr);
  ASSERT_THAT(world.records, SizeIs(2));
  EXPECT_EQ(world.records[0].environment, "dev");
  EXPECT_EQ(world.records[1].environment, "prod");
}

struct BadWorld {
  const char* name;
  std::string text;
  std::vector<std::string> expected;  // one for each fault: part of its line
};

void PrintTo(const BadWorld& world, std::ostream* out) { *out << world.name; }

class WorldFaults : public testing::TestWithParam<BadWorld> {};

TEST_P(WorldFaults, AreReportedWithTheirPlaceAndNothingElseIs) {
  const std::string found = faults_of(GetParam().text);
  EXPECT_EQ(lines(found), GetParam().expected.size()) << found;
  for (const std::string& part : GetParam().expected) EXPECT_THAT(found, HasSubstr(part));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WorldFaults,
    testing::Values(
        BadWorld{"BrokenJson", "{\n \"a\": }", {"world.json: line 2, column 7: found '}'"}},
        BadWorld{"NoObject", "\n []", {"world.json:2:2: a world file is an object"}},
        BadWorld{"UnknownKey",
                 "{\n  \"enviroment\": {}}",
                 {"world.json:2:3: unknown key 'enviroment' in the document; did you mean "
                  "'environment'?"}},
        BadWorld{"BothForms",
                 "{\"environment\":{},\n\"environments\":[]}",
                 {"world.json:2:16: environments cannot stand beside environment"}},
        BadWorld{"EnvironmentNoObject",
                 "{\"environments\":[\n7]}",
                 {"world.json:2:1: environments[0] is a number; expected an object"}},
        BadWorld{"UnknownSetting",
                 "{\"environment\":{\n\"secretkey\":\"x\"}}",
                 {"world.json:2:1: unknown key 'secretkey' in environment; did you mean "
                  "'secret_key'?"}},
        BadWorld{"MissingKey",
                 "{\"environments\":[{},\n{\"name\":\"b\"},{\"name\":\"c\"}]}",
                 {"world.json:2:1: environments[1].secret_key is missing",
                  "environments[2].secret_key is missing"}},
        BadWorld{"SameName",
                 "{\"environments\":[{\"name\":\"a\"},\n{\"name\":\"a\",\"secret_key\":\"k\"}]}",
                 {"world.json:2:9: environments[1].name is 'a', as in another environment"}},
        BadWorld{
            "SameKey",
            "{\"environments\":[{\"secret_key\":\"k\"},\n{\"name\":\"b\",\"secret_key\":\"k\"}]}",
            {"world.json:2:26: environments[1].secret_key is that of another environment"}},
        BadWorld{"IntegrationWithoutId",
                 "{\"integrations\":[\n {}]}",
                 {"world.json:2:2: integrations[0].id is missing"}},
        BadWorld{"IntegrationTwice",
                 "{\"integrations\":[{\"id\":\"x\"},\n{\"id\":\"x\"}]}",
                 {"world.json:2:7: integrations[1].id is 'x', as in another integration"}},
        BadWorld{"BadSync",
                 "{\"integrations\":[{\"id\":\"x\",\"syncs\":[{\"name\":\"s\",\n\"type\":\"ful\",\n"
                 "\"frequency\":\"1 hour\",\n\"enabled\":1,\n\"models\":[1]}]}]}",
                 {"world.json:2:8: integrations[0].syncs[0].type", "world.json:3:13: ",
                  "world.json:4:11: ", "world.json:5:11: integrations[0].syncs[0].models[0]"}},
        BadWorld{"ItemNoObject",
                 "{\"connections\":[\n\"demo\"]}",
                 {"world.json:2:1: connections[0] is not an object"}},
        BadWorld{"UnknownIntegration",
                 "{\"connections\":[{\"id\":\"demo\",\n\"integration\":\"gitlab\"}]}",
                 {"world.json:2:15: connections[0].integration is 'gitlab', and there is no such "
                  "integration"}},
        BadWorld{
            "ConnectionTwice",
            "{\"integrations\":[{\"id\":\"x\"}],\"connections\":[{\"id\":\"d\",\"integration\":"
            "\"x\"},\n{\"id\":\"d\",\"integration\":\"x\"}]}",
            {"world.json:2:7: connections[1].id is 'd', as in another connection"}},
        BadWorld{
            "BadWebhookUrl",
            "{\"integrations\":[{\"id\":\"x\"}],\"connections\":[{\"id\":\"d\",\"integration\":"
            "\"x\",\n\"webhook_url\":\"localhost\"}]}",
            {"world.json:2:15: connections[0].webhook_url cannot be used: 'localhost' is not"}},
        BadWorld{"RecordsWithoutSource",
                 "{\"integrations\":[{\"id\":\"x\"}],\"records\":[\n"
                 "{\"connection\":\"c\",\"integration\":\"x\",\"model\":\"M\"}]}",
                 {"world.json:2:1: records[0] has to have exactly one of"}},
        BadWorld{"RecordsWithTwoSources",
                 "{\"records\":[\n{\"connection\":\"c\",\"integration\":\"x\",\"model\":\"M\","
                 "\"items\":[],\"file\":\"f\"}]}",
                 {"world.json:2:1: records[0] has to have exactly one of"}},
        BadWorld{"RecordsWithoutIntegration",
                 "{\"records\":[\n{\"connection\":\"nobody\",\"model\":\"M\",\"items\":[]}]}",
                 {"world.json:2:1: records[0].integration is missing"}},
        BadWorld{"BadGenerate",
                 "{\"records\":[{\"connection\":\"c\",\"integration\":\"x\",\"model\":\"M\",\n"
                 "\"generate\":{\"count\":-1,\"bytes\":0,\"cont\":1}}]}",
                 {"world.json:2:21: records[0].generate.count is -1",
                  "records[0].generate.bytes is 0", "did you mean 'count'?"}},
        BadWorld{
            "UnknownEnvironment",
            "{\"records\":[{\"connection\":\"c\",\"integration\":\"x\",\"model\":\"M\",\"items\":"
            "[],\n\"environment\":\"prod\"}]}",
            {"world.json:2:15: records[0].environment is 'prod', and there is no such "
             "environment"}},
        BadWorld{"UnknownFault",
                 "{\"faults\":[{\"on\":\"api\",\"do\":{\n\"stauts\":503}}]}",
                 {"world.json:1:29: faults[0].do does nothing",
                  "world.json:2:1: unknown key 'stauts' in faults[0].do; did you mean 'status'?"}}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST(World, ReportsFaultsFromEverywhereAtOnce) {
  const std::string found = faults_of(R"({"environment":{"name":""},"integrations":[{}],
      "connections":[{"id":"d"}],"records":[{"model":1}],"faults":[{}],"x":1})");
  for (const std::string part :
       {"name must not be empty", "integrations[0].id", "connections[0].integration",
        "records[0].connection", "faults[0]", "unknown key 'x'"}) {
    EXPECT_THAT(found, HasSubstr(part));
  }
}

TEST(World, NeverCrashesOnDamagedText) {
  const std::string text(default_world_text());
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_NE(faults_of(text.substr(0, length)) + (length + 1 == text.size() ? "x" : ""), "")
        << length;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const std::string with : {"", "0", "\"", "null", "[]", "{}"}) {
      std::string damaged = text;
      damaged.replace(i, 1, with);
      static_cast<void>(faults_of(damaged));
    }
  }
}

State state_of(World world) {
  State state;
  state.environments = std::move(world.environments);
  state.records_text = SharedText(world.records_text);
  for (FaultRule& rule : world.faults) state.faults.put(std::move(rule));
  return state;
}

TEST(WorldText, IsAWorldThatSaysTheSame) {
  for (const std::string& text :
       {std::string(default_world_text()), std::string("{}"), std::string(R"({
          "environments":[
            {"name":"dev","webhook_urls":["http://a/"],"integrations":[{"id":"github","syncs":[
              {"name":"s","models":["A","B"],"type":"full","enabled":false,"frequency":"90s"}]}],
             "connections":[{"id":"demo","integration":"github","webhook_url":"http://own/"}],
             "records":[{"connection":"demo","model":"A","items":[{"id":"1","n":0.10}]}]},
            {"name":"prod","secret_key":"p","integrations":[{"id":"github"}]}],
          "connections":[{"environment":"prod","id":"acme","integration":"github"}],
          "records":[{"environment":"prod","connection":"acme","model":"B","generate":{"count":3}}],
          "faults":[{"id":"f","on":"api","every":3,"do":{"status":503}}]})")}) {
    const World first = good(text);
    const std::size_t sources = first.records.size();
    const std::string written = world_text(state_of(first));
    EXPECT_TRUE(nlohmann::json::accept(written)) << written;
    const World again = good(written);
    EXPECT_THAT(again.records, SizeIs(sources)) << written;
    for (std::size_t i = 0; i < again.records.size(); ++i) {
      EXPECT_EQ(again.records[i].environment, first.records[i].environment) << written;
      EXPECT_EQ(again.records[i].stream, first.records[i].stream);
      EXPECT_EQ(again.records[i].items, first.records[i].items);
    }
    EXPECT_EQ(world_text(state_of(again)), written);
  }
}

// What a state is served as can be put back.
TEST(World, KeepsExternalApisAndTemplatesInItsText) {
  const std::string text = R"({
    "templates":[{"name":"t","provider":"zen","model":"Ticket","collection":"tickets"}],
    "integrations":[{"id":"desk","provider":"zen","display_name":"Desk","syncs":[{"name":"t"}]}],
    "connections":[{"id":"demo","integration":"desk","metadata":{"a":1},"tags":{"b":"c"}}],
    "upstream":[{"connection":"demo","collection":"tickets","generate":{"count":3},"latency":"1s",
                 "rate_limit":{"requests":5,"per":"1m"},"changes":{"every":"10m","added":1}}]})";
  core::json::Issues issues;
  const World world = read_world(text, terapi_dialect(), issues);
  ASSERT_TRUE(issues.empty()) << issues.front().message;
  const Sync& sync = world.environments[0].integrations[0].syncs[0];
  EXPECT_EQ(sync.models, std::vector<std::string>{"Ticket"}) << "as its template says";
  EXPECT_EQ(sync.collections.at("Ticket"), "tickets");
  State state;
  state.environments = world.environments;
  state.templates = world.templates;
  state.upstream_text = SharedText(world.upstream_text);
  const std::string written = world_text(state);
  const World again = read_world(written, terapi_dialect(), issues);
  ASSERT_TRUE(issues.empty()) << issues.front().message << " in " << written;
  EXPECT_EQ(again.upstream_text, world.upstream_text);
  EXPECT_EQ(again.environments[0].integrations[0].display_name, "Desk");
  EXPECT_EQ(again.environments[0].connections[0].metadata, R"({"a":1})");
  EXPECT_EQ(again.templates[0].text, world.templates[0].text);
}

TEST(World, SaysWhatIsWrongWithExternalApis) {
  const auto mistakes = [](const std::string& entry) {
    core::json::Issues issues;
    read_world(R"({"integrations":[{"id":"i"}],"connections":[{"id":"c","integration":"i"}],)"
               R"("upstream":[)" +
                   entry + "]}",
               terapi_dialect(), issues);
    std::vector<std::string> messages;
    for (const core::json::Issue& issue : issues) messages.push_back(issue.message);
    return messages;
  };
  using testing::ElementsAre;
  using testing::HasSubstr;
  EXPECT_THAT(mistakes(R"({"connection":"c","collection":"x","items":[]})"), testing::IsEmpty());
  EXPECT_THAT(mistakes(R"({"connection":"c"})"), ElementsAre(HasSubstr("collection is missing")));
  EXPECT_THAT(mistakes(R"({"connection":"nobody","collection":"x"})"),
              ElementsAre(HasSubstr("does not say which one")));
  EXPECT_THAT(mistakes(R"({"connection":"nobody","integration":"i","collection":"x"})"),
              ElementsAre(HasSubstr("has no such connection")));
  EXPECT_THAT(mistakes(R"({"connection":"c","collection":"x","items":[],"file":"f"})"),
              ElementsAre(HasSubstr("more than one of generate, items and file")));
  EXPECT_THAT(mistakes(R"({"connection":"c","collection":"a/b"})"),
              ElementsAre(HasSubstr("has a slash")));
  EXPECT_THAT(mistakes(R"({"connection":"c","collection":"x","page_size":0})"),
              ElementsAre(HasSubstr("page_size")));
  EXPECT_THAT(mistakes(R"({"connection":"c","collection":"x","changes":{"every":"1ms"}})"),
              ElementsAre(HasSubstr("is less than 1s")));
}

}  // namespace
}  // namespace terapi::simulator
