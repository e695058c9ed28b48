#include "conformance/report/annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "conformance/report/report_sample.h"

namespace terapi::conformance {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

RunSummary run_with(std::vector<ScenarioResult> results) {
  RunSummary run;
  run.mode = "client";
  run.results = std::move(results);
  return run;
}

ScenarioResult failing_in(const std::string& file) {
  ScenarioResult result = sample_forged_webhook();
  result.file = file;
  return result;
}

TEST(Annotations, HasALineForEachFailure) {
  const RunSummary run = run_with(
      {failing_in("/repo/scenarios/client/forged-webhook.json"), sample_other_results().front()});
  EXPECT_EQ(annotations(run, Redactor(), "/repo"),
            "::error file=scenarios/client/forged-webhook.json,line=1,title=FAIL "
            "client/forged-webhook (http)::CLIENT-5: A webhook with a wrong signature was taken "
            "for a real one%0Aexpected: 401, and no request because of it%0Aactual: 200, and a "
            "request 7 ms later%0Arun again: terapi-conformance client --run 'python3 "
            "my_client.py' --filter client/forged-webhook --seed 42\n");
}

TEST(Annotations, SaysNothingWhereNothingFailed) {
  EXPECT_THAT(annotations(run_with({sample_other_results().front()}), Redactor(), "/repo"),
              IsEmpty());
}

TEST(Annotations, NamesFilesElsewhereAsTheyAre) {
  EXPECT_THAT(annotations(run_with({failing_in("/usr/share/a.json")}), Redactor(), "/repo"),
              StartsWith("::error file=/usr/share/a.json,line=1,"));
  EXPECT_THAT(annotations(run_with({failing_in("/repository/a.json")}), Redactor(), "/repo"),
              StartsWith("::error file=/repository/a.json,line=1,"));
  EXPECT_THAT(annotations(run_with({failing_in("")}), Redactor(), "/repo"),
              StartsWith("::error title=FAIL "));
}

TEST(Annotations, NothingThatIsSaidEndsAPropertyOrACommand) {
  EXPECT_EQ(annotation_property("a:b,c%d\r\ne"), "a%3Ab%2Cc%25d%0Ae");
  EXPECT_EQ(annotation_property("a\rb"), annotation_property("a\rb"));
  EXPECT_EQ(annotation_message("a:b,c%0A\n::error::d"), "a:b,c%250A%0A::error::d");
  ScenarioResult result = failing_in("/repo/a,b:c.json");
  result.scenario = "x::y,title=z\n::set-env name=A::b";
  result.findings[0].what = "one\n::stop-commands::token";
  const std::string text = annotations(run_with({result}), Redactor(), "/repo");
  EXPECT_THAT(text, HasSubstr("file=a%2Cb%3Ac.json,"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(Annotations, HasNoMoreThanGitHubShowsAndTheNewOnesFirst) {
  std::vector<ScenarioResult> results;
  for (int i = 0; i < 12; ++i) {
    results.push_back(failing_in(""));
    results.back().scenario = "client/" + std::to_string(i);
  }
  RunSummary run = run_with(std::move(results));
  run.since = RunDifference();
  run.since->new_failures = {{"client/11", "http", Verdict::kPass, Verdict::kFail}};
  const std::string text = annotations(run, Redactor(), "/repo");
  EXPECT_THAT(text, StartsWith("::error title=FAIL client/11 (http)%2C new::"));
  EXPECT_THAT(text, Not(HasSubstr("client/9 ")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
  EXPECT_THAT(text, HasSubstr("::notice title=terapi-conformance::12 results failed"));
}

TEST(Annotations, HoldsNoKey) {
  const std::string key(kSampleSecret);
  ScenarioResult result = failing_in("/repo/" + key + ".json");
  result.scenario = result.rerun = key;
  Finding& finding = result.findings[0];
  finding.what = finding.clause = key;
  finding.expected = finding.actual = std::string(590, 'x') + key;  // cut short in its middle
  EXPECT_THAT(annotations(run_with({result}), Redactor({key}), "/repo"),
              AllOf(HasSubstr("[redacted]"), Not(HasSubstr("7f3d"))));
}

}  // namespace
}  // namespace terapi::conformance
