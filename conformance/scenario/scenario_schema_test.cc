// scenarios/scenario.schema.json, which editors check scenario files by, and the tables of
// docs/write-a-scenario.md are what the descriptions of the steps say; every scenario of the
// project is good by the schema.
#include "conformance/scenario/scenario_schema.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <string>

#include "conformance/contract/clause_catalogue.h"
#include "conformance/scenario/scenario.h"
#include "core/test_json_schema.h"
#include "core/test_places.h"

namespace terapi::conformance {
namespace {

using Json = nlohmann::ordered_json;

const std::string kSource = core::source_folder();
const std::string kStepsPage = kSource + "/docs/write-a-scenario.md";

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Numbers that no double holds are the server's business; nlohmann refuses them.
Json json_of(const std::string& text) {
  static const std::regex kHuge("[0-9.]+[eE][+-]?[0-9]{3,}");
  return Json::parse(std::regex_replace(text, kHuge, "0"), nullptr, true, true);
}

Json the_schema() { return json_of(text_of_file(kSource + "/scenarios/scenario.schema.json")); }

std::string problem_with(const Json& schema, const std::string& scenario) {
  std::string text;
  for (const std::string& fault : core::SchemaCheck(schema).faults(schema, json_of(scenario))) {
    text += fault + "\n";
  }
  return text;
}

TEST(ScenarioSchema, EveryScenarioIsGoodByIt) {
  const Json schema = the_schema();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource + "/scenarios")) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".json" || path.ends_with("schema.json")) continue;
    const std::string scenario = text_of_file(path);
    EXPECT_EQ(problem_with(schema, scenario), "") << path;
    const std::string id = json_of(scenario)["id"];
    EXPECT_TRUE(path.ends_with("/" + id + ".json")) << path << " calls itself " << id;
  }
}

// Nobody takes the word out when the first scenario comes.
TEST(ScenarioSchema, NoScenarioProvesAClauseThatIsSaidToBeUnjudged) {
  int looked_at = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource + "/scenarios")) {
    const std::string path = entry.path().string();
    if (entry.path().extension() != ".json" || path.ends_with("schema.json")) continue;
    const Json scenario = json_of(text_of_file(path));  // has to outlive the loop
    for (const Json& id : scenario["clauses"]) {
      const Clause* clause = ClauseCatalogue::builtin().find(id.get<std::string>());
      ASSERT_NE(clause, nullptr) << path << ": " << id;
      EXPECT_EQ(clause->unchecked, "") << path << " proves " << id;
      ++looked_at;
    }
  }
  EXPECT_GT(looked_at, 100) << "the scenarios were not found";
}

TEST(ScenarioSchema, RefusesWhatTheReaderRefuses) {
  const Json schema = the_schema();
  const auto problem = [&](const std::string& step) {
    return problem_with(schema, R"({"id":"client/x","title":"t","why":"w","clauses":["CLIENT-1"],)"
                                R"("judges":"client","given":{},"kills_none":"k","steps":[)" +
                                    step + "]}");
  };
  EXPECT_EQ(problem(R"({"client":"starts"})"), "");
  EXPECT_NE(problem(R"({"clients":"starts"})"), "");
  EXPECT_NE(problem(R"({"client":"begins"})"), "");
  EXPECT_NE(problem(R"({"client":"starts","for":"1s"})"), "");
  EXPECT_NE(problem(R"({"until":"convergd"})"), "");
  EXPECT_NE(problem(R"({"expect":{"most":3}})"), "");
  EXPECT_NE(problem(R"({"get":{}})"), "") << "a step of a server's scenario";
}

TEST(ScenarioSchema, TheExampleOfThePageIsGood) {
  const std::string page = text_of_file(kStepsPage);
  const std::string begin = "```jsonc\n";
  const std::size_t at = page.find(begin);
  ASSERT_NE(at, std::string::npos);
  const std::string text =
      page.substr(at + begin.size(), page.find("```", at + begin.size()) - at - begin.size());
  const auto scenario = Scenario::parse(text, "the example");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(problem_with(the_schema(), text), "");
}

TEST(ScenarioSchema, EveryExampleOfAStepIsAStep) {
  const Json schema = the_schema();
  std::size_t examples = 0;
  for (const std::string judges : {"client", "server"}) {
    for (const Json& step : schema["$defs"][judges + "_step"]["oneOf"]) {
      for (const Json& example : step["examples"]) {
        const auto scenario = Scenario::parse(
            R"({"id":"a/b","title":"t","why":"w","clauses":["CUR-1"],"kills_none":"k","given":{},)"
            R"("judges":")" +
                judges + R"(","steps":[)" + example.dump() + "]}",
            "example");
        EXPECT_TRUE(scenario) << scenario.error().message;
        ++examples;
      }
    }
  }
  EXPECT_GT(examples, 30U);
}

// With TERAPI_WRITE_GENERATED=1 in the environment these two write what they would compare.
void expect_generated(const std::string& path, const std::string& text) {
  if (std::getenv("TERAPI_WRITE_GENERATED") != nullptr) std::ofstream(path) << text;
  EXPECT_TRUE(text_of_file(path) == text)
      << path << " is not what the descriptions of the steps say; write it again with\n"
      << "TERAPI_WRITE_GENERATED=1 conformance_test --gtest_filter='ScenarioSchema.*'";
}

TEST(ScenarioSchema, FileIsTheOneThatIsMade) {
  expect_generated(kSource + "/scenarios/scenario.schema.json", scenario_schema());
}

TEST(ScenarioSchema, TablesOfThePageAreThoseThatAreMade) {
  expect_generated(kStepsPage, with_tables(text_of_file(kStepsPage)));
}

}  // namespace
}  // namespace terapi::conformance
