#include "conformance/report/junit_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "conformance/report/report_sample.h"

namespace terapi::conformance {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string sample_junit() {
  return junit_report(sample_run(), Redactor({std::string(kSampleSecret)}));
}

// The element of the first test case of that name and world, with what is in it.
std::string test_case(const std::string& report, const std::string& name,
                      const std::string& world) {
  std::size_t at = report.find("<testsuite name=\"" + world + "\"");
  at = report.find("<testcase name=\"" + name + "\"", at);
  if (at == std::string::npos) return "";
  return report.substr(at, report.find("</testcase>", at) - at);
}

TEST(JunitReport, HasASuiteForEachWorldWithItsCounts) {
  const std::string report = sample_junit();
  EXPECT_THAT(report, HasSubstr("<testsuites name=\"terapi-conformance client\" tests=\"12\" "
                                "failures=\"3\" disabled=\"0\" skipped=\"1\" errors=\"1\""));
  EXPECT_THAT(report, HasSubstr("<testsuite name=\"virtual\" tests=\"4\" failures=\"0\" "
                                "disabled=\"0\" skipped=\"0\" errors=\"0\""));
  EXPECT_THAT(report, HasSubstr("<testsuite name=\"http\" tests=\"8\" failures=\"3\" "
                                "disabled=\"0\" skipped=\"1\" errors=\"1\""));
}

TEST(JunitReport, TellsEachVerdictAsCiSystemsKnowIt) {
  const std::string report = sample_junit();
  EXPECT_THAT(test_case(report, "client/kill-after-fetch", "http"),
              HasSubstr("<failure message=\"CLIENT-2: After the restart the client asks behind a "
                        "record that it never stored\" type=\"FAIL\">"));
  EXPECT_THAT(test_case(report, "client/disk-full", "http"),
              HasSubstr("<failure message=\"the fault disk-full never struck: the client wrote "
                        "nothing\" type=\"INCONCLUSIVE\">"));
  EXPECT_THAT(test_case(report, "client/two-workers", "http"),
              HasSubstr("<error message=\"cannot start the client: python3: No such file or "
                        "directory\" type=\"ERROR\">"));
  EXPECT_THAT(
      test_case(report, "webhook/breaker", "http"),
      HasSubstr("<skipped message=\"no control URL: the breaker cannot be switched on\"/>"));
  const std::string passed = test_case(report, "server/tie-order", "virtual");
  EXPECT_THAT(passed, HasSubstr("classname=\"virtual\""));
  EXPECT_THAT(passed, HasSubstr("<property name=\"verdict\" value=\"PASS\"/>"));
  EXPECT_THAT(passed, HasSubstr("<property name=\"seed\" value=\"42\"/>"));
  for (const char* element : {"<failure", "<error", "<skipped", "<system-out"}) {
    EXPECT_THAT(passed, Not(HasSubstr(element)));
  }
}

TEST(JunitReport, TellsAFailureInFullAndAWarningInItsOutput) {
  const std::string report = sample_junit();
  const std::string failed = test_case(report, "client/forged-webhook", "http");
  for (const char* part : {"expected  401, and no request because of it", "On the wire",
                           "run again  terapi-conformance client", "seed       42"}) {
    EXPECT_THAT(failed, HasSubstr(part));
  }
  EXPECT_THAT(test_case(report, "server/late-commit", "http"),
              HasSubstr("<system-out>WARN  server/late-commit (http)  CUR-8"));
}

TEST(JunitReport, SaysWhereAScenarioIsWritten) {
  RunSummary run = sample_run();
  run.results.front().file = "scenarios/client/kill-after-fetch.json";
  EXPECT_THAT(junit_report(run, Redactor()),
              HasSubstr("file=\"scenarios/client/kill-after-fetch.json\" line=\"1\""));
}

TEST(JunitReport, ResultsOfNoWorldStandUnderTheMode) {
  RunSummary run;
  run.mode = "explore";
  run.results.emplace_back().scenario = "CLIENT-1 I1, seed 7";
  run.results.back().verdict = Verdict::kFail;
  EXPECT_THAT(junit_report(run, Redactor()),
              HasSubstr("<testsuite name=\"explore\" tests=\"1\" failures=\"1\""));
}

TEST(JunitReport, HoldsNoKeyAnywhere) {
  const std::string report = sample_junit();
  EXPECT_THAT(report, Not(HasSubstr(std::string(kSampleSecret))));
  EXPECT_THAT(report, HasSubstr("[redacted]"));
}

TEST(JunitReport, TextIsXmlWhateverTheBytesAre) {
  EXPECT_EQ(xml_text("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
  EXPECT_EQ(xml_text(std::string_view("\x01\0\x1b[31m\n\té", 11)), "\uFFFD\uFFFD\uFFFD[31m\n\té");
  EXPECT_EQ(xml_text("\xff\xc3(\xed\xa0\x80\uFFFE"), "\uFFFD\uFFFD(\uFFFD\uFFFD\uFFFD\uFFFD");
}

}  // namespace
}  // namespace terapi::conformance
