#include "conformance/report/run_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "conformance/report/clause_tally.h"
#include "conformance/report/report_sample.h"

namespace terapi::conformance {
namespace {

using testing::ElementsAre;

std::vector<ScenarioResult> results_of(const std::vector<Verdict>& verdicts) {
  std::vector<ScenarioResult> results;
  for (const Verdict verdict : verdicts) {
    results.push_back(sample_result("a/b", "", "http", verdict, {}));
  }
  return results;
}

TEST(RunSummary, CountsByVerdict) {
  const Counts counts =
      count(results_of({Verdict::kPass, Verdict::kInfo, Verdict::kWarn, Verdict::kWarn,
                        Verdict::kSkip, Verdict::kFail, Verdict::kError, Verdict::kInconclusive}));
  EXPECT_EQ(counts.passed, 4U);
  EXPECT_EQ(counts.failed, 3U);
  EXPECT_EQ(counts.skipped, 1U);
  EXPECT_EQ(counts.of(Verdict::kWarn), 2U);
  EXPECT_EQ(counts.total(), 8U);
  EXPECT_EQ(closing_line(counts), "4 passed, 3 failed, 1 skipped");
  EXPECT_EQ(closing_line(Counts()), "0 passed, 0 failed, 0 skipped");
}

TEST(RunSummary, ExitCodeSaysTheMostThatIsCertain) {
  EXPECT_EQ(exit_code(results_of({})), 0);
  EXPECT_EQ(exit_code(results_of({Verdict::kPass, Verdict::kInfo, Verdict::kWarn, Verdict::kSkip})),
            0);
  EXPECT_EQ(exit_code(results_of({Verdict::kPass, Verdict::kInconclusive})), 3);
  EXPECT_EQ(exit_code(results_of({Verdict::kInconclusive, Verdict::kError})), 2);
  EXPECT_EQ(exit_code(results_of({Verdict::kError, Verdict::kFail, Verdict::kInconclusive})), 1);
}

TEST(RunSummary, GroupsAreTheFoldersOfTheIds) {
  EXPECT_EQ(group_of("client/missed-webhooks"), "client");
  EXPECT_EQ(group_of("client/kill/third-commit"), "client/kill");
  EXPECT_EQ(group_of("alone"), "");
  const std::vector<GroupCounts> groups = count_by_group(sample_run().results);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].group, "client");
  EXPECT_EQ(closing_line(groups[0].counts), "1 passed, 4 failed, 0 skipped");
  EXPECT_EQ(groups[1].group, "server");
  EXPECT_EQ(closing_line(groups[1].counts), "5 passed, 0 failed, 0 skipped");
}

TEST(RunSummary, LookupFindsClausesAndInvariants) {
  const TextLookup text_of = lookup_in(sample_run());
  EXPECT_EQ(text_of("CUR-5"), "Records of one save MAY share a timestamp.");
  EXPECT_EQ(text_of("I1"), "No update is lost.");
  EXPECT_EQ(text_of("CUR-99"), "");
}

// "verdict checks/failed" of each clause, in order.
std::string tally_text(const RunSummary& run) {
  std::string text;
  for (const ClauseTally& tally : tally_clauses(run)) {
    text += tally.clause.id + " " +
            (tally.verdict ? std::string(to_string(*tally.verdict)) : "none") + " " +
            std::to_string(tally.checks) + "/" + std::to_string(tally.failed) + "\n";
  }
  return text;
}

TEST(ClauseTally, SaysOfEachClauseWhatTheRunSays) {
  EXPECT_EQ(tally_text(sample_run()),
            "CUR-3 PASS 2/0\n"
            "CUR-4 PASS 2/0\n"
            "CUR-5 PASS 2/0\n"
            "CUR-8 WARN 1/0\n"
            "PRUNE-1 none 0/0\n"
            "HOOK-6 PASS 1/0\n"
            "HOOK-7 PASS 1/0\n"
            "HOOK-14 SKIP 0/0\n"
            "CLIENT-1 FAIL 2/1\n"
            "CLIENT-2 FAIL 2/1\n"
            "CLIENT-3 PASS 1/0\n"
            "CLIENT-5 FAIL 1/1\n"
            "CLIENT-11 INCONCLUSIVE 0/0\n"
            "CLIENT-12 ERROR 0/0\n");
}

TEST(ClauseTally, FailedOverSomethingElseProvesNothing) {
  RunSummary run;
  ScenarioResult result = sample_result("a/b", "", "http", Verdict::kFail, {"CUR-1", "CUR-2"});
  result.findings.push_back({Verdict::kFail, "CUR-2", "", "wrong", "", "", {}});
  result.findings.push_back({Verdict::kInfo, "REC-1", "", "odd", "", "", {}});
  run.results.push_back(result);
  EXPECT_EQ(tally_text(run), "CUR-1 none 0/0\nCUR-2 FAIL 1/1\nREC-1 INFO 1/0\n");
}

TEST(ClauseTally, APassOutweighsASkipAndNothingElse) {
  const auto tally = [](Verdict other) {
    RunSummary run;
    run.results.push_back(sample_result("a/b", "", "http", other, {"CUR-1"}));
    run.results.push_back(sample_result("a/b", "", "virtual", Verdict::kPass, {"CUR-1"}));
    return tally_text(run);
  };
  EXPECT_EQ(tally(Verdict::kSkip), "CUR-1 PASS 1/0\n");
  EXPECT_EQ(tally(Verdict::kInconclusive), "CUR-1 INCONCLUSIVE 1/0\n");
  EXPECT_EQ(tally(Verdict::kError), "CUR-1 ERROR 1/0\n");
}

}  // namespace
}  // namespace terapi::conformance
