#include "conformance/report/markdown_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/report/report_sample.h"

namespace terapi::conformance {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// To look at it: TERAPI_SAMPLE_MARKDOWN=summary.md conformance_test
std::string sample_summary() {
  std::string text = markdown_report(sample_run(), Redactor({std::string(kSampleSecret)}));
  if (const char* path = std::getenv("TERAPI_SAMPLE_MARKDOWN")) std::ofstream(path) << text;
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The places of a line where a table's cells end.
std::size_t bars(const std::string& line) {
  return static_cast<std::size_t>(std::count(line.begin(), line.end(), '|'));
}

// Text that tries everything: markup, cells, fences, elements, mentions, links.
constexpr const char* kHostile =
    "a|b `c` ``` ````\n```\n</details><script>alert(1)</script>\n# head\n[x](http://evil) "
    "![i](http://evil/i.png) @team *b* _i_ ~s~ <!-- \\| | --- |\r\n- [ ] www.evil.example &lt;";

RunSummary hostile_run() {
  RunSummary run;
  run.mode = run.subject = run.dialect = run.version = kHostile;
  ScenarioResult result;
  result.scenario = result.title = result.why = result.world = kHostile;
  result.reason = result.rerun = kHostile;
  result.verdict = Verdict::kFail;
  result.findings = {{Verdict::kFail, kHostile, kHostile, kHostile, kHostile, kHostile, {}},
                     {Verdict::kWarn, kHostile, "", kHostile, kHostile, kHostile, {}}};
  run.results = {result};
  result.verdict = Verdict::kSkip;
  run.results.push_back(result);
  run.since = RunDifference();
  run.since->baseline = run.since->started_at = run.since->dialect = kHostile;
  run.since->mended = {{kHostile, kHostile, Verdict::kFail, Verdict::kPass}};
  return run;
}

// What stands outside of blocks of code, as a renderer tells them.
std::vector<std::string> outside_of_code(const std::string& text) {
  std::vector<std::string> outside;
  std::string fence;
  for (const std::string& line : lines_of(text)) {
    const std::size_t ticks = std::min(line.find_first_not_of('`'), line.size());
    if (fence.empty() && ticks >= 3) {
      fence = line.substr(0, ticks);
    } else if (!fence.empty()) {
      if (ticks >= fence.size() && ticks == line.size()) fence.clear();
    } else {
      outside.push_back(line);
    }
  }
  EXPECT_EQ(fence, "") << "a block of code does not end";
  return outside;
}

TEST(MarkdownReport, BeginsWithTheVerdictAndTheCounts) {
  const std::string text = sample_summary();
  EXPECT_THAT(text, StartsWith("## ❌ failed: terapi-conformance client\n\n"
                               "**7 passed, 4 failed, 1 skipped**, 1 warning in 98s\n"));
  RunSummary good;
  good.mode = "reference";
  good.results = {sample_result("a/b", "", "http", Verdict::kPass, {})};
  EXPECT_THAT(markdown_report(good, Redactor()),
              AllOf(StartsWith("## ✅ passed: "), Not(HasSubstr("What failed"))));
  EXPECT_THAT(markdown_report(RunSummary(), Redactor()),
              StartsWith("## ⏭️ nothing was judged"));
}

TEST(MarkdownReport, HasATableOfWhatFailed) {
  EXPECT_THAT(sample_summary(),
              AllOf(HasSubstr("| | Scenario | What | Clause |\n| --- | --- | --- | --- |\n"),
                    HasSubstr("| ❌ FAIL | <code>client/forged-webhook</code> (http) | A webhook "
                              "with a wrong signature was taken for a real one | CLIENT-5, I9 |\n"),
                    HasSubstr("| ⚠️ INCONCLUSIVE | <code>client/disk-full</code> (http) | the "
                              "fault disk-full never struck&#58; the client wrote nothing | |\n")));
}

TEST(MarkdownReport, TellsEachFailureAndHowToRunItAgain) {
  EXPECT_THAT(
      sample_summary(),
      AllOf(HasSubstr("<details><summary>❌ <code>client/forged-webhook</code> (http)</summary>\n"),
            HasSubstr("Expected:\n\n```\n401, and no request because of it\n```\n"),
            HasSubstr("Actual:\n\n```\n200, and a request 7 ms later\n```\n"),
            HasSubstr("> <code>CLIENT-5</code> It checks the origin before it acts."),
            HasSubstr("```sh\nterapi-conformance client --run 'python3 my_client.py' --filter "
                      "client/forged-webhook --seed 42\n```\n\n</details>\n")));
}

TEST(MarkdownReport, TellsTheSlowestAndWhatWasSkipped) {
  const std::string text = sample_summary();
  EXPECT_THAT(text, HasSubstr("| <code>client/kill-after-fetch</code> (http) | 840ms |\n"));
  EXPECT_THAT(text, HasSubstr("| 1 | no control URL&#58; the breaker cannot be switched on |\n"));
  const std::size_t table = text.find("| Scenario | Took |");
  EXPECT_LT(text.find("840ms", table), text.find("| 3ms", table));
}

TEST(MarkdownReport, TellsWhatIsOtherwiseThanInTheBaseline) {
  RunSummary run = sample_run();
  EXPECT_THAT(markdown_report(run, Redactor()), Not(HasSubstr("baseline")));
  run.since = RunDifference();
  run.since->baseline = "before.json";
  run.since->new_failures = {{"client/a", "http", Verdict::kPass, Verdict::kFail}};
  run.since->gone = {{"client/b", "virtual", Verdict::kFail, std::nullopt}};
  EXPECT_THAT(
      markdown_report(run, Redactor()),
      AllOf(HasSubstr("1 new failure, 0 mended"),
            HasSubstr("| New failures | <code>client/a</code> (http) | ✅ PASS | ❌ FAIL |\n"),
            HasSubstr("| Gone scenarios | <code>client/b</code> (virtual) | ❌ FAIL | — |\n")));
}

TEST(MarkdownReport, NothingThatIsSaidBecomesMarkup) {
  const std::string text = markdown_report(hostile_run(), Redactor());
  for (const std::string& line : outside_of_code(text)) {
    for (const char* markup : {"<script", "</details><", "](", "@team", "*b*", "_i_", "`", "<!--",
                               "http://", "www.", "&lt;", "~s~"}) {
      EXPECT_THAT(line, Not(HasSubstr(markup)));
    }
    EXPECT_THAT(line, Not(StartsWith("# head")));
    EXPECT_THAT(line, Not(StartsWith("- [")));
  }
  // Each row has as many cells as its table.
  std::size_t columns = 0;
  for (const std::string& line : outside_of_code(text)) {
    if (!line.starts_with("|")) {
      columns = 0;
      continue;
    }
    if (columns == 0) columns = bars(line);
    EXPECT_EQ(bars(line), columns) << line;
  }
}

TEST(MarkdownReport, WhatIsCodeStaysAsItIs) {
  EXPECT_EQ(markdown_block("a\n```\nb"), "````\na\n```\nb\n````\n");
  EXPECT_EQ(markdown_block("<b>|</b>", "sh"), "```sh\n<b>|</b>\n```\n");
  EXPECT_THAT(markdown_block("\x1b[31mred"), Not(HasSubstr("\x1b")));
}

TEST(MarkdownReport, HoldsNoKey) {
  EXPECT_THAT(sample_summary(), Not(HasSubstr("7f3d2a10")));
  // Nor a part of one where a text is cut short.
  for (std::size_t before = 230; before < 310; before += 9) {
    RunSummary run = sample_run();
    const std::string said = std::string(before, 'x') + std::string(kSampleSecret);
    run.results[1].findings[0].what = run.results[1].findings[0].actual = said;
    EXPECT_THAT(markdown_report(run, Redactor({std::string(kSampleSecret)})),
                Not(HasSubstr("7f3d")));
  }
}

TEST(MarkdownReport, IsNoLargerThanAStepMayHaveAndSaysWhatIsLeftOut) {
  RunSummary run;
  run.mode = "client";
  ScenarioResult failing = sample_forged_webhook();
  failing.findings[0].actual = std::string(10'000, 'x');
  run.results.assign(400, failing);
  const std::string text = markdown_report(run, Redactor());
  EXPECT_LE(text.size(), kMostMarkdown);
  EXPECT_GT(text.size(), kMostMarkdown - 20'000);
  EXPECT_THAT(text, HasSubstr("parts are left out: a summary may have no more than 1 MiB"));
  EXPECT_THAT(text, StartsWith("## ❌ failed"));
  outside_of_code(text);  // no block is cut
  const std::string small = markdown_report(run, Redactor(), 2'000);
  EXPECT_LE(small.size(), 2'000U);
  EXPECT_THAT(small, HasSubstr("parts are left out"));
  EXPECT_THAT(sample_summary(), Not(HasSubstr("left out")));
}

}  // namespace
}  // namespace terapi::conformance
