#include "conformance/report/console_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "conformance/report/report_sample.h"
#include "conformance/report/wire_trace.h"

namespace terapi::conformance {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

// What a report prints for the sample run.
std::string printed(const ConsoleOptions& options) {
  const RunSummary run = sample_run();
  std::string out;
  ConsoleReport report([&out](std::string_view text) { out += text; }, options, lookup_in(run),
                       Redactor({std::string(kSampleSecret)}));
  report.begin(run.results.size());
  for (const ScenarioResult& result : run.results) {
    report.start(result.scenario, result.world);
    report.end(result);
  }
  report.finish(run);
  return out;
}

TEST(ConsoleReport, TellsAFailureInFull) {
  const RunSummary run = sample_run();
  EXPECT_EQ(render_failure(sample_forged_webhook(), lookup_in(run)),
            R"(FAIL  client/forged-webhook (http)  python3 my_client.py
  A webhook with a wrong signature
  Why: Anybody can post to a public URL; without a check they decide what a client does.

  1. A webhook with a wrong signature was taken for a real one
     CLIENT-5  It checks the origin before it acts.
     I9        Unauthenticated input has no effect.
     expected  401, and no request because of it
     actual    200, and a request 7 ms later

  On the wire, seconds from the start:
     +0.000  client 1                     ▶ python3 my_client.py
     +0.300  client 1  github/demo/Issue  → GET /records?model=Issue
     +0.304  client 1  github/demo/Issue  ← 200 3 records; next null
   1 +2.000  client 1  github/demo/Issue  ⇢ sync, forged: signed with another key
   1 +2.003  client 1  github/demo/Issue  ⇠ 200
   1 +2.010  client 1  github/demo/Issue  → GET /records?model=Issue&cursor=Y3JlYXRlZF9hdF4…
     +2.012  client 1  github/demo/Issue  ← 200 0 records; next null

  The subject said:
     | </script><b>"quoted" & \x1b[31mred\x1b[0m</b>

  seed       42
  run again  terapi-conformance client --run 'python3 my_client.py' --filter client/forged-webhook --seed 42
)");
}

TEST(ConsoleReport, TellsTheReasonWhereThereAreNoFindings) {
  const RunSummary run = sample_run();
  const auto error =
      std::find_if(run.results.begin(), run.results.end(),
                   [](const ScenarioResult& result) { return result.verdict == Verdict::kError; });
  ASSERT_NE(error, run.results.end());
  EXPECT_EQ(render_failure(*error, lookup_in(run)),
            R"(ERROR  client/two-workers (http)  python3 my_client.py
  Two workers on one stream

     reason    cannot start the client: python3: No such file or directory

  seed       42
  run again  terapi-conformance client --run 'python3 my_client.py' --filter client/two-workers --seed 42
)");
}

TEST(ConsoleReport, KeepsLinesOfLongTextsTogether) {
  ScenarioResult result = sample_result("a/b", "", "http", Verdict::kFail, {});
  result.findings.push_back({Verdict::kFail, "CUR-99", "", "wrong", "one\ntwo", "", {}});
  const std::string text = render_failure(result, lookup_in(sample_run()));
  EXPECT_THAT(text, HasSubstr("     expected  one\n               two\n"));
  EXPECT_THAT(text, HasSubstr("CUR-99    (no such clause in the catalogue)"));
  EXPECT_THAT(text, Not(HasSubstr("actual")));
}

TEST(ConsoleReport, CutsWhatIsTooMuchAndSaysSo) {
  ScenarioResult result = sample_result("a/b", "", "http", Verdict::kFail, {});
  for (int i = 0; i < 100; ++i) {
    result.findings.push_back(
        {Verdict::kFail, "CUR-1", "", "wrong " + std::to_string(i), "", "", {}});
    result.subject_output += "line " + std::to_string(i) + "\n";
  }
  const std::string text = render_failure(result, {});
  EXPECT_THAT(text, HasSubstr("8. wrong 7\n"));
  EXPECT_THAT(text, Not(HasSubstr("wrong 8")));
  EXPECT_THAT(text, HasSubstr("… and 92 more findings"));
  EXPECT_THAT(text, HasSubstr("     | …\n     | line 80\n"));
  EXPECT_THAT(text, HasSubstr("     | line 99\n"));
  EXPECT_THAT(text, Not(HasSubstr("line 79")));
}

TEST(ConsoleReport, IsShortWhereNoTerminalIs) {
  const std::string out = printed({});
  EXPECT_THAT(out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(out, Not(HasSubstr("\r")));
  EXPECT_TRUE(out.starts_with("[1/12] client\n\nFAIL  client/kill-after-fetch (http)")) << out;
  EXPECT_THAT(out, HasSubstr("\n[4/12] server\nWARN  server/late-commit (http)  CUR-8  A record "
                             "appeared before a cursor that was given out already\n"));
  EXPECT_THAT(out, HasSubstr("INFO  webhook/backoff (virtual)  jitter is on"));
}

TEST(ConsoleReport, EndsWithTheCounts) {
  const std::string end = R"(
  client   1 passed  4 failed  0 skipped
  server   5 passed  0 failed  0 skipped  1 warning
  webhook  1 passed  0 failed  1 skipped
  1 skipped: no control URL: the breaker cannot be switched on

  FAIL  client/kill-after-fetch (http)
  FAIL  client/forged-webhook (http)
  INCONCLUSIVE  client/disk-full (http)
  ERROR  client/two-workers (http)

  seed 42, 98s
7 passed, 4 failed, 1 skipped
)";
  EXPECT_THAT(printed({}), EndsWith(end));
}

TEST(ConsoleReport, TellsWhatIsOtherwiseThanInTheBaselineBeforeTheLastLine) {
  RunSummary run = sample_run();
  EXPECT_EQ(render_difference(run), "");
  run.since = RunDifference();
  run.since->baseline = "before " + std::string(kSampleSecret);
  run.since->new_failures = {
      {"client/a", "http", Verdict::kPass, Verdict::kFail, "CUR-3: it is \x1b[31mred"}};
  run.since->gone = {{"client/b", "", Verdict::kFail, std::nullopt}};
  std::string told;
  ConsoleReport report([&](std::string_view text) { told += text; }, {}, lookup_in(run),
                       Redactor({std::string(kSampleSecret)}));
  report.finish(run);
  EXPECT_THAT(told, HasSubstr("\nSince before [redacted]: 1 new failure, 0 mended"));
  EXPECT_THAT(told, HasSubstr("  New failures:\n    client/a (http): PASS → FAIL  CUR-3: it is "
                              "\\x1b[31mred\n"));
  EXPECT_THAT(told, HasSubstr("  Gone scenarios:\n    client/b: FAIL\n"));
  EXPECT_THAT(told, EndsWith("\n\n" + closing_line(count(run.results)) + "\n"));
}

TEST(ConsoleReport, RedrawsOneLineOnATerminal) {
  const std::string out = printed({.terminal = true, .color = true, .width = 40});
  EXPECT_THAT(out, HasSubstr("\r\x1b[K[4/12] server/cursor-exclusive (virtua…\r\x1b[K[5/12] "));
  // What is printed in full starts on a line of its own.
  EXPECT_THAT(out,
              HasSubstr("\r\x1b[K[2/12] client/kill-after-fetch (http)\r\x1b[K\n\x1b[1;31mFAIL"));
  EXPECT_THAT(out, EndsWith("\n\x1b[1;31m7 passed, 4 failed, 1 skipped\x1b[0m\n"));
  EXPECT_THAT(printed({.terminal = true, .width = 40}),
              EndsWith("\n7 passed, 4 failed, 1 skipped\n"));
}

TEST(ConsoleReport, PrintsNoKey) {
  EXPECT_THAT(render_failure(sample_lost_update(), {}), HasSubstr(kSampleSecret));
  EXPECT_THAT(printed({}), Not(HasSubstr("7f3d2a10")));
  EXPECT_THAT(printed({}), HasSubstr("Authorization: Bearer [redacted]"));
}

TEST(ConsoleStyle, MakesControlCharactersVisible) {
  EXPECT_EQ(printable("a\tb\r\nc\x1b[2J\x07\x7f\xc2\x9b"), "a\tb\nc\\x1b[2J\\x07\\x7f\\x9b");
  EXPECT_EQ(printable("é→"), "é→");
}

TEST(ConsoleStyle, CountsCodePoints) {
  EXPECT_EQ(pad_left("→é", 4), "  →é");
  EXPECT_EQ(pad_right("→é", 4), "→é  ");
  EXPECT_EQ(shorten("→é→é", 4), "→é→é");
  EXPECT_EQ(shorten("→é→é", 3), "→é…");
}

std::vector<Event> numbered_events(std::size_t count) {
  SampleTimeline line;
  for (std::size_t i = 0; i < count; ++i) {
    line.add(core::Duration(static_cast<int>(i) * 500), EventKind::kNote, 0, std::to_string(i));
  }
  return line.take({});
}

Finding pointing_at(std::vector<std::size_t> events) {
  return {Verdict::kFail, "", "", "", "", "", std::move(events)};
}

TEST(WireTrace, ShowsWhatIsAroundTheEventsOfEachFinding) {
  const std::string text =
      render_trace(numbered_events(100), {pointing_at({20}), pointing_at({50, 20})}, ConsoleStyle(),
                   {.before = 2, .after = 1});
  EXPECT_EQ(text,
            "    … 18 events\n"
            "    +0.009000  judge  · 18\n"
            "    +0.009500  judge  · 19\n"
            "1,2 +0.010000  judge  · 20\n"
            "    +0.010500  judge  · 21\n"
            "    … 26 events\n"
            "    +0.024000  judge  · 48\n"
            "    +0.024500  judge  · 49\n"
            "  2 +0.025000  judge  · 50\n"
            "    +0.025500  judge  · 51\n"
            "    … 48 events\n");
}

TEST(WireTrace, ShowsTheEndWhereNoEventIsNamed) {
  EXPECT_EQ(trace_window(numbered_events(9), {pointing_at({})}, {.before = 2}),
            (std::vector<std::size_t>{6, 7, 8}));
  EXPECT_TRUE(trace_window({}, {pointing_at({3})}, {}).empty());
  EXPECT_EQ(render_trace({}, {}, ConsoleStyle()), "");
}

TEST(WireTrace, ShowsTheQuestionWithItsAnswer) {
  std::vector<Event> events = numbered_events(30);
  events[20].pair = 3;
  EXPECT_EQ(trace_window(events, {pointing_at({20})}, {.before = 1, .after = 0}),
            (std::vector<std::size_t>{3, 19, 20}));
}

TEST(WireTrace, PassesOverEventsThatAreNotThere) {
  EXPECT_EQ(trace_window(numbered_events(9), {pointing_at({77, 4})}, {.before = 0, .after = 0}),
            (std::vector<std::size_t>{4}));
}

}  // namespace
}  // namespace terapi::conformance
