#include "conformance/report/run_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "conformance/report/json_report.h"
#include "conformance/report/report_sample.h"
#include "core/temporary_folder.h"

namespace terapi::conformance {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ScenarioResult result_of(const std::string& scenario, Verdict verdict,
                         const std::string& world = "http") {
  ScenarioResult result;
  result.scenario = scenario;
  result.world = world;
  result.verdict = verdict;
  return result;
}

RunSummary run_of(std::vector<ScenarioResult> results) {
  RunSummary run;
  run.mode = "client";
  run.results = std::move(results);
  return run;
}

// As it is written and read again.
Baseline baseline_of(const RunSummary& run) {
  auto read = Baseline::parse(json_report(run, Redactor()), "report.json", run.mode);
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *std::move(read) : Baseline();
}

bool exists_no_more(const std::string& /*scenario*/, const std::string& /*world*/) { return false; }

RunDifference difference_of(std::vector<ScenarioResult> then, std::vector<ScenarioResult> now,
                            const StillExists& exists = &exists_no_more) {
  return compare(baseline_of(run_of(std::move(then))), now, "terapi", exists);
}

std::vector<std::string> ids(const std::vector<ChangedResult>& list) {
  std::vector<std::string> ids;
  for (const ChangedResult& one : list) ids.push_back(one.scenario);
  return ids;
}

TEST(RunDifference, TellsWhatFailsAnewAndWhatIsMended) {
  const RunDifference difference = difference_of(
      {result_of("breaks", Verdict::kPass), result_of("mends", Verdict::kFail),
       result_of("stays", Verdict::kInconclusive), result_of("warned", Verdict::kWarn)},
      {result_of("breaks", Verdict::kError), result_of("mends", Verdict::kWarn),
       result_of("stays", Verdict::kFail), result_of("warned", Verdict::kPass),
       result_of("comes", Verdict::kPass), result_of("comes broken", Verdict::kFail)});
  EXPECT_THAT(ids(difference.new_failures), ElementsAre("breaks", "comes broken"));
  EXPECT_EQ(difference.new_failures[0].then, Verdict::kPass);
  EXPECT_EQ(difference.new_failures[0].now, Verdict::kError);
  EXPECT_EQ(difference.new_failures[1].then, std::nullopt);
  EXPECT_THAT(ids(difference.mended), ElementsAre("mends"));
  EXPECT_THAT(ids(difference.still_failing), ElementsAre("stays"));
  EXPECT_THAT(ids(difference.added), ElementsAre("comes"));
  EXPECT_EQ(difference_line(difference),
            "2 new failures, 1 mended, 1 still failing, 1 new scenario");
}

TEST(RunDifference, KeepsWorldsApart) {
  const RunDifference difference = difference_of(
      {result_of("a", Verdict::kFail, "virtual"), result_of("a", Verdict::kPass, "http")},
      {result_of("a", Verdict::kPass, "virtual"), result_of("a", Verdict::kFail, "http")});
  ASSERT_THAT(ids(difference.new_failures), ElementsAre("a"));
  EXPECT_EQ(difference.new_failures[0].world, "http");
  ASSERT_THAT(ids(difference.mended), ElementsAre("a"));
  EXPECT_EQ(difference.mended[0].world, "virtual");
}

// Of --repeat: what fails once in three times fails.
TEST(RunDifference, TakesWhatWasPlayedSeveralTimesAtItsWorst) {
  const RunDifference difference =
      difference_of({result_of("a", Verdict::kFail), result_of("a", Verdict::kPass)},
                    {result_of("a", Verdict::kPass), result_of("a", Verdict::kFail),
                     result_of("a", Verdict::kPass)});
  EXPECT_THAT(ids(difference.still_failing), ElementsAre("a"));
  EXPECT_THAT(difference.new_failures, IsEmpty());
}

TEST(RunDifference, WhatIsSkippedIsNotMended) {
  const RunDifference difference =
      difference_of({result_of("failed", Verdict::kFail), result_of("passed", Verdict::kPass),
                     result_of("skipped", Verdict::kSkip)},
                    {result_of("failed", Verdict::kSkip), result_of("passed", Verdict::kSkip),
                     result_of("skipped", Verdict::kSkip)});
  EXPECT_THAT(difference.mended, IsEmpty());
  EXPECT_THAT(ids(difference.not_judged), ElementsAre("failed", "passed"));
}

TEST(RunDifference, SaysNothingOfWhatWasNotPlayed) {
  ScenarioResult late = result_of("late", Verdict::kSkip);
  late.reason = "not played: early has failed (--fail-fast)";
  const auto exists = [](const std::string& scenario, const std::string& /*world*/) {
    return scenario != "removed";
  };
  const RunDifference difference =
      difference_of({result_of("late", Verdict::kPass), result_of("filtered", Verdict::kFail),
                     result_of("removed", Verdict::kFail)},
                    {late}, exists);
  EXPECT_THAT(difference.not_judged, IsEmpty());
  EXPECT_THAT(ids(difference.gone), ElementsAre("removed"));
  EXPECT_EQ(difference.gone[0].then, Verdict::kFail);
  EXPECT_EQ(difference_line(difference),
            "0 new failures, 0 mended, 0 still failing, 1 scenario gone");
}

TEST(RunDifference, TwoRunsThatCameToTheSameAreNotOtherwise) {
  const RunDifference difference =
      difference_of({result_of("a", Verdict::kPass), result_of("b", Verdict::kSkip)},
                    {result_of("b", Verdict::kSkip), result_of("a", Verdict::kInfo)});
  EXPECT_TRUE(difference.is_none());
  EXPECT_EQ(difference_line(difference), "nothing is otherwise");
}

// What `explore` finds has its seed in its name, which is chance.
TEST(RunDifference, ComparesWaysToFailWhateverTheirSeeds) {
  const RunDifference difference = difference_of(
      {result_of("CUR-3, seed 12", Verdict::kFail), result_of("1,234 schedules", Verdict::kPass)},
      {result_of("CUR-3, seed 7", Verdict::kFail), result_of("99 schedules", Verdict::kPass)});
  EXPECT_THAT(ids(difference.still_failing), ElementsAre("CUR-3"));
  EXPECT_THAT(difference.added, IsEmpty());
  EXPECT_THAT(difference.gone, IsEmpty());
}

TEST(RunDifference, SaysWhenTheBaselineIsOfAnotherDialect) {
  RunSummary run = run_of({});
  run.dialect = "nango";
  EXPECT_EQ(compare(baseline_of(run), {}, "terapi", &exists_no_more).dialect, "nango");
  EXPECT_EQ(compare(baseline_of(run), {}, "nango", &exists_no_more).dialect, "");
}

TEST(RunDifference, HasTheHeadlineOfWhatFailed) {
  ScenarioResult failing = sample_forged_webhook();
  failing.findings.insert(failing.findings.begin(),
                          {Verdict::kInfo, "HOOK-9", "", "worth knowing", "", "", {}});
  EXPECT_EQ(headline(failing),
            "CLIENT-5: A webhook with a wrong signature was taken for a real one");
  EXPECT_EQ(difference_of({}, {failing}).new_failures.at(0).what, headline(failing));
}

// --- files --------------------------------------------------------------------------------------

std::string refusal(const std::string& text, const std::string& mode = "client") {
  const auto read = Baseline::parse(text, "old.json", mode);
  return read ? "" : read.error().message;
}

TEST(Baseline, IsReadFromAReport) {
  RunSummary run = sample_run();
  const Baseline baseline = baseline_of(run);
  EXPECT_EQ(baseline.file, "report.json");
  EXPECT_EQ(baseline.started_at, "2024-01-01T00:00:01.234567Z");
  EXPECT_EQ(baseline.results.size(), 12U);
}

TEST(Baseline, SaysWhereItIsWrongAndWhatWasExpected) {
  EXPECT_THAT(refusal("{"), AllOf(HasSubstr("--baseline: old.json: "),
                                  HasSubstr("`terapi-conformance client --json` wrote")));
  EXPECT_THAT(refusal("[1]"), HasSubstr("old.json:1:1: the document is "));
  EXPECT_THAT(refusal("{\n \"schema_version\": 9, \"mode\": \"client\", \"results\": []}"),
              AllOf(HasSubstr("old.json:2:20: schema_version is 9"), HasSubstr("expected 1")));
  EXPECT_THAT(refusal(R"({"schema_version":1,"mode":"client","results":{}})"),
              HasSubstr("expected an array of results"));
  EXPECT_THAT(
      refusal(
          R"({"schema_version":1,"mode":"client","results":[{"scenario":"a","verdict":"GOOD"}]})"),
      AllOf(HasSubstr("old.json:1:"), HasSubstr("results[0].verdict"), HasSubstr("PASS")));
  EXPECT_THAT(refusal(R"({"schema_version":1,"mode":"client","results":[{"scenario":"a"}]})"),
              HasSubstr("results[0].verdict is missing"));
  EXPECT_THAT(refusal(R"({"schema_version":1,"mode":"client","results":[{"verdict":"PASS"}]})"),
              HasSubstr("results[0].scenario"));
}

TEST(Baseline, IsOfTheSameMode) {
  const std::string report = json_report(sample_run(), Redactor());
  EXPECT_EQ(refusal(report), "");
  EXPECT_THAT(refusal(report, "server"), AllOf(HasSubstr("mode is \"client\""),
                                               HasSubstr("\"server\": a report of the same mode")));
}

TEST(Baseline, ThatIsNotThereIsAnError) {
  const core::TemporaryFolder folder;
  EXPECT_THAT(Baseline::load(folder.file("none.json"), "client").error().message,
              AllOf(HasSubstr("none.json: cannot be read"), HasSubstr("expected a report")));
  // A folder opens, and cannot be read.
  EXPECT_FALSE(Baseline::load(folder.path(), "client"));
  std::ofstream(folder.file("there.json")) << json_report(sample_run(), Redactor());
  EXPECT_TRUE(Baseline::load(folder.file("there.json"), "client"));
}

}  // namespace
}  // namespace terapi::conformance
