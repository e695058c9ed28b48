#include "conformance/report/json_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/report/report_sample.h"
#include "core/test_json_schema.h"
#include "core/test_places.h"

namespace terapi::conformance {
namespace {

using Json = nlohmann::ordered_json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Json report_schema() {
  std::ifstream file(core::source_folder() + "/conformance/report/report.schema.json");
  std::stringstream text;
  text << file.rdbuf();
  return Json::parse(text.str());
}

Json sample_report(const JsonReportOptions& options = {}) {
  return Json::parse(json_report(sample_run(), Redactor({std::string(kSampleSecret)}), options));
}

std::vector<std::string> faults_of(const Json& report) {
  const Json schema = report_schema();
  return core::SchemaCheck(schema).faults(schema, report);
}

TEST(JsonReport, IsAsItsSchemaSays) {
  EXPECT_THAT(faults_of(sample_report()), IsEmpty());
  EXPECT_THAT(faults_of(sample_report({.all_timelines = true})), IsEmpty());
  EXPECT_THAT(faults_of(Json::parse(json_report(RunSummary(), Redactor()))), IsEmpty());
  RunSummary compared = sample_run();
  compared.since = RunDifference();
  compared.since->mended = {{"a", "http", Verdict::kFail, Verdict::kPass}};
  compared.since->gone = {{"b", "http", Verdict::kFail, std::nullopt}};
  EXPECT_THAT(faults_of(Json::parse(json_report(compared, Redactor()))), IsEmpty());
}

TEST(JsonReport, TellsWhatIsOtherwiseThanInTheBaseline) {
  EXPECT_TRUE(sample_report()["baseline"].is_null());
  RunSummary run = sample_run();
  run.since = RunDifference();
  run.since->baseline = "before.json";
  run.since->new_failures = {{"client/a", "http", Verdict::kPass, Verdict::kFail}};
  run.since->gone = {{"client/b", "virtual", Verdict::kFail, std::nullopt}};
  const Json baseline = Json::parse(json_report(run, Redactor()))["baseline"];
  EXPECT_EQ(baseline["file"], "before.json");
  EXPECT_EQ(baseline["told"], "1 new failure, 0 mended, 0 still failing, 1 scenario gone");
  EXPECT_EQ(baseline["new_failures"][0],
            Json::parse(R"({"scenario":"client/a","world":"http","then":"PASS","now":"FAIL"})"));
  EXPECT_TRUE(baseline["gone"][0]["now"].is_null());
}

// The check itself: each of these must be seen.
TEST(JsonReport, SchemaCheckSeesWhatIsWrong) {
  const auto faults = [](const std::string& pointer, const Json& value) {
    Json report = sample_report();
    report[Json::json_pointer(pointer)] = value;
    return faults_of(report);
  };
  EXPECT_THAT(faults("/results/0/verdict", "GOOD"),
              ElementsAre("/results/0/verdict: is not of the enum"));
  EXPECT_THAT(faults("/results/1/timeline/0/life", -1),
              ElementsAre("/results/1/timeline/0/life: is below the minimum"));
  EXPECT_THAT(faults("/results/1/findings/0/color", "red"),
              ElementsAre("/results/1/findings/0: has color, which is not in the schema"));
  EXPECT_THAT(faults("/clauses/0/verdict", 7), Contains("/clauses/0/verdict: fits 0 of anyOf"));
  Json report = sample_report();
  report["counts"].erase("failed");
  EXPECT_THAT(faults_of(report), ElementsAre("/counts: misses \"failed\""));
}

// Whoever adds a key to the schema makes it a required one: tools may rely on all of them.
TEST(JsonReport, SchemaRequiresEverythingThatItNames) {
  const Json schema = report_schema();
  std::vector<Json> objects = {schema};
  for (const auto& [name, part] : schema.at("$defs").items()) objects.push_back(part);
  for (const Json& object : objects) {
    if (!object.contains("properties")) continue;
    EXPECT_EQ(object.at("properties").size(), object.at("required").size());
    for (const Json& key : object.at("required")) EXPECT_TRUE(object["properties"].contains(key));
  }
}

TEST(JsonReport, TellsTheRun) {
  const Json report = sample_report();
  EXPECT_EQ(report["schema_version"], 1);
  EXPECT_EQ(report["mode"], "client");
  EXPECT_EQ(report["seed"], 42);
  EXPECT_EQ(report["started_at"], "2024-01-01T00:00:01.234567Z");
  EXPECT_EQ(report["elapsed_ms"], 98'400);
  EXPECT_EQ(report["exit_code"], 1);
  EXPECT_EQ(report["counts"]["passed"], 7);
  EXPECT_EQ(report["counts"]["failed"], 4);
  EXPECT_EQ(report["counts"]["skipped"], 1);
  EXPECT_EQ(report["counts"]["by_verdict"]["INCONCLUSIVE"], 1);
  EXPECT_EQ(report["results"].size(), 12U);
  EXPECT_EQ(report["clauses"].size(), 14U);
  EXPECT_EQ(nlohmann::json(report["clauses"][4]),
            nlohmann::json::parse(
                R"({"id":"PRUNE-1","level":"MUST","verdict":null,"checks":0,"failed":0,)"
                R"("statement":"The body names model and until_cursor."})"));
}

TEST(JsonReport, TellsAFindingAndItsEvents) {
  const Json result = sample_report()["results"][2];
  EXPECT_EQ(result["scenario"], "client/forged-webhook");
  EXPECT_EQ(result["verdict"], "FAIL");
  EXPECT_EQ(result["findings"][0], Json::parse(R"({"verdict":"FAIL","clause":"CLIENT-5",
                            "clause_text":"It checks the origin before it acts.",
                            "invariant":"I9","invariant_text":"Unauthenticated input has no effect.",
                            "what":"A webhook with a wrong signature was taken for a real one",
                            "expected":"401, and no request because of it",
                            "actual":"200, and a request 7 ms later","events":[3,4,5]})"));
  EXPECT_EQ(result["timeline"][4],
            Json::parse(R"({"number":4,"at_us":1704067202003000,"kind":"webhook_answer","life":1,
                            "pair":3,"stream":"github/demo/Issue","text":"200","bad":true})"));
  EXPECT_EQ(result["subject_output"], "</script><b>\"quoted\" & \x1b[31mred\x1b[0m</b>\n");
}

TEST(JsonReport, LeavesOutTimelinesOfWhatPassedUnlessAsked) {
  RunSummary run;
  run.results = {sample_lost_update()};
  run.results[0].findings.clear();
  run.results[0].verdict = Verdict::kPass;
  EXPECT_EQ(Json::parse(json_report(run, Redactor()))["results"][0]["timeline"].size(), 0U);
  EXPECT_EQ(
      Json::parse(json_report(run, Redactor(), {.all_timelines = true}))["results"][0]["timeline"]
          .size(),
      run.results[0].timeline.size());
  run.results[0].verdict = Verdict::kInconclusive;
  EXPECT_EQ(Json::parse(json_report(run, Redactor()))["results"][0]["timeline"].size(),
            run.results[0].timeline.size());
}

// Every text of a report, with the key in it.
RunSummary run_full_of_keys() {
  const std::string key(kSampleSecret);
  RunSummary run;
  run.mode = run.subject = run.dialect = run.version = key;
  run.clauses = {{key, "MUST", key}};
  run.invariants = {{"I1", "", key}};
  ScenarioResult result;
  result.scenario = result.title = result.why = result.world = result.subject = key;
  result.dialect = result.reason = result.rerun = result.subject_output = key;
  result.clauses = {key};
  result.verdict = Verdict::kFail;
  result.findings = {{Verdict::kFail, key, "I1", key, key, key, {0}}};
  result.findings.push_back({Verdict::kFail, "", key, key, key, key, {0}});
  Event event;
  event.stream = event.text = key;
  result.timeline = {event};
  run.results = {result};
  run.since = RunDifference();
  run.since->baseline = run.since->started_at = key;
  run.since->gone = {{key, key, Verdict::kFail, std::nullopt}};
  return run;
}

TEST(JsonReport, HoldsNoKeyAnywhere) {
  const RunSummary run = run_full_of_keys();
  EXPECT_THAT(json_report(run, Redactor()), HasSubstr(kSampleSecret));
  EXPECT_THAT(json_report(run, Redactor({std::string(kSampleSecret)})), Not(HasSubstr("7f3d2a10")));
}

TEST(JsonReport, IsValidWhateverTheBytesAre) {
  RunSummary run = sample_run();
  run.results[0].subject_output =
      "\xff\xfe \x00 \x01"
      "\"\\";
  const Json report = Json::parse(json_report(run, Redactor()));
  EXPECT_THAT(report["results"][0]["subject_output"].get<std::string>(), HasSubstr("\uFFFD"));
}

}  // namespace
}  // namespace terapi::conformance
