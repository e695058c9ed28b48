#include "conformance/program/judge_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "conformance/program/play_pool.h"
#include "core/temporary_folder.h"

namespace terapi::conformance {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

// Keeps what it is told.
class Told : public LiveReport {
 public:
  void begin(std::size_t all) override { total = all; }
  void start(std::string_view /*scenario*/, std::string_view /*world*/) override {}
  void end(const ScenarioResult& result) override { results.push_back(result); }
  void finish(const RunSummary& run) override { since = run.since; }

  std::vector<std::string> ids() const {
    std::vector<std::string> ids;
    for (const ScenarioResult& result : results) ids.push_back(result.scenario);
    return ids;
  }

  std::size_t total = 0;
  std::vector<ScenarioResult> results;
  std::optional<RunDifference> since;
};

ScenarioResult of_verdict(Verdict verdict) {
  ScenarioResult result;
  result.verdict = verdict;
  return result;
}

JudgeJob job_of(const std::string& id, Verdict verdict = Verdict::kPass) {
  return {id, "virtual", [verdict] { return of_verdict(verdict); }, id + ".json"};
}

std::vector<JudgeJob> jobs_of(const std::vector<std::string>& ids) {
  std::vector<JudgeJob> jobs;
  for (const std::string& id : ids) jobs.push_back(job_of(id));
  return jobs;
}

class JudgeRunTest : public testing::Test {
 protected:
  JudgeRunTest() {
    run.mode = "client";
    run.rerun = "terapi-conformance client";
    run.live = &told;
  }
  std::vector<std::string> played(const std::vector<JudgeJob>& jobs) {
    told.results.clear();
    run.run(jobs, flags);
    return told.ids();
  }

  Told told;
  JudgeRun run;
  JudgeFlags flags;
};

TEST_F(JudgeRunTest, PlaysWhatTheFilterTakesInTheOrderGiven) {
  const auto jobs = jobs_of({"client/a-b", "client/a", "server/a", "client/c"});
  EXPECT_THAT(played(jobs), ElementsAre("client/a-b", "client/a", "server/a", "client/c"));
  run.filter = "client/*,!client/a-*";
  EXPECT_THAT(played(jobs), ElementsAre("client/a", "client/c"));
  run.filter = "!client/a-b";  // '-' is a letter as any
  EXPECT_THAT(played(jobs), ElementsAre("client/a", "server/a", "client/c"));
}

TEST_F(JudgeRunTest, RefusesAFilterOfWhichAPartFitsNothing) {
  run.filter = "client/a,client/tpyo";
  EXPECT_EQ(run.run(jobs_of({"client/a"}), flags), 2);
  EXPECT_THAT(told.results, IsEmpty());
}

// As `"skip": "client/large*"` of a project file does with --quick, which leaves these out by
// itself.
TEST_F(JudgeRunTest, APartThatFitsWhatIsLeftOutIsNoSlip) {
  const auto jobs = jobs_of({"client/a", "client/b"});
  run.filter = "!client/large*";
  EXPECT_EQ(run.run(jobs, flags), 2);
  run.left_out = {"client/large-one"};
  EXPECT_THAT(played(jobs), ElementsAre("client/a", "client/b"));
  run.filter = "client/a,client/large*";
  EXPECT_THAT(played(jobs), ElementsAre("client/a"));
  run.filter = "client/large*";
  EXPECT_EQ(run.run(jobs, flags), 2);
}

TEST_F(JudgeRunTest, RefusesARunInWhichNothingIsPlayed) {
  EXPECT_EQ(run.run({}, flags), 2);
  flags.shard = 2;
  flags.shards = 2;
  EXPECT_EQ(run.run(jobs_of({"client/a"}), flags), 2);
}

TEST_F(JudgeRunTest, ShardsPlayEachScenarioOnce) {
  const auto jobs = jobs_of({"a", "b", "c", "d", "e", "f", "g"});
  std::vector<std::string> all;
  flags.shards = 3;
  for (flags.shard = 1; flags.shard <= 3; ++flags.shard) {
    const std::vector<std::string> part = played(jobs);
    EXPECT_GE(part.size(), 2U);
    all.insert(all.end(), part.begin(), part.end());
  }
  EXPECT_THAT(all, UnorderedElementsAreArray({"a", "b", "c", "d", "e", "f", "g"}));
}

TEST_F(JudgeRunTest, RepeatsEverything) {
  flags.repeat = 3;
  EXPECT_THAT(played(jobs_of({"a", "b"})), ElementsAre("a", "b", "a", "b", "a", "b"));
  EXPECT_EQ(told.total, 6U);
}

TEST_F(JudgeRunTest, ShufflesByTheSeedAndAnewInEachRepetition) {
  const std::vector<std::string> ids = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  flags.shuffle = true;
  flags.seed = 7;
  flags.repeat = 2;
  const std::vector<std::string> order = played(jobs_of(ids));
  EXPECT_EQ(played(jobs_of(ids)), order);
  const std::vector<std::string> first(order.begin(), order.begin() + 10);
  const std::vector<std::string> second(order.begin() + 10, order.end());
  EXPECT_THAT(first, UnorderedElementsAreArray(ids));
  EXPECT_THAT(second, UnorderedElementsAreArray(ids));
  EXPECT_NE(first, ids);
  EXPECT_NE(first, second);
}

TEST_F(JudgeRunTest, AResultThatNobodySetIsAnError) {
  const JudgeJob idle{"client/idle", "http", [] { return ScenarioResult(); }};
  EXPECT_EQ(run.run({idle}, flags), 2);
  ASSERT_EQ(told.results.size(), 1U);
  EXPECT_EQ(told.results[0].verdict, Verdict::kError);
  EXPECT_EQ(told.results[0].scenario, "client/idle");
  EXPECT_EQ(told.results[0].world, "http");
  EXPECT_THAT(told.results[0].reason, HasSubstr("no verdict was reached"));
}

TEST_F(JudgeRunTest, APlayThatThrowsIsAnErrorAndTheOthersArePlayed) {
  const JudgeJob bad{"a", "virtual", []() -> ScenarioResult { throw std::runtime_error("oops"); }};
  EXPECT_EQ(run.run({bad, job_of("b")}, flags), 2);
  ASSERT_EQ(told.results.size(), 2U);
  EXPECT_EQ(told.results[0].verdict, Verdict::kError);
  EXPECT_THAT(told.results[0].reason, HasSubstr("oops"));
  EXPECT_EQ(told.results[1].verdict, Verdict::kPass);
}

TEST_F(JudgeRunTest, StopsAtTheFirstFailureWhereThatIsAskedFor) {
  std::atomic<int> plays = 0;
  std::vector<JudgeJob> jobs;
  for (const auto& [id, verdict] : std::vector<std::pair<std::string, Verdict>>{
           {"a", Verdict::kPass}, {"b", Verdict::kFail}, {"c", Verdict::kFail}}) {
    jobs.push_back(job_of(id, verdict));
    jobs.back().play = [&plays, play = jobs.back().play] {
      ++plays;
      return play();
    };
  }
  flags.jobs = 1;
  EXPECT_EQ(played(jobs), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(told.results[2].verdict, Verdict::kFail);
  EXPECT_EQ(plays, 3);
  flags.fail_fast = true;
  EXPECT_EQ(played(jobs), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(told.results[1].verdict, Verdict::kFail);
  EXPECT_EQ(told.results[2].verdict, Verdict::kSkip);
  EXPECT_EQ(told.results[2].reason, "not played: b has failed (--fail-fast)");
}

TEST_F(JudgeRunTest, EndsWithTheExitCodeOfItsResults) {
  EXPECT_EQ(run.run({job_of("a")}, flags), 0);
  EXPECT_EQ(run.run({job_of("a"), job_of("b", Verdict::kInconclusive)}, flags), 3);
  EXPECT_EQ(run.run({job_of("a", Verdict::kError), job_of("b", Verdict::kFail)}, flags), 1);
}

TEST_F(JudgeRunTest, SaysHowOneResultIsComeByAgain) {
  flags.dialect = "nango";
  run.run({job_of("client/it's")}, flags);
  EXPECT_EQ(told.results.at(0).rerun,
            R"(terapi-conformance client --dialect nango --filter 'client/it'\''s' --seed 1)");
}

TEST_F(JudgeRunTest, PlaysWhatStandsAloneAtNoTimeWithAnother) {
  std::atomic<int> at_once{0};
  std::atomic<bool> met{false};
  std::vector<JudgeJob> jobs;
  for (int i = 0; i < 20; ++i) {
    jobs.push_back({std::to_string(i), "http",
                    [&] {
                      if (++at_once > 1) met = true;
                      std::this_thread::yield();
                      --at_once;
                      return of_verdict(Verdict::kPass);
                    },
                    "", true});
  }
  flags.jobs = 4;
  EXPECT_EQ(run.run(jobs, flags), 0);
  EXPECT_FALSE(met);
}

class JudgeRunFilesTest : public JudgeRunTest {
 protected:
  void ask_for_reports(const std::vector<std::string>& words) {
    core::Flags parser;
    flags.add_to(parser, "client");
    ASSERT_TRUE(parser.parse(words));
  }
  std::string text_of(const std::string& name) const {
    std::ifstream file(folder.file(name));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  core::TemporaryFolder folder;
};

TEST_F(JudgeRunFilesTest, WritesEveryReportThatIsAskedFor) {
  ask_for_reports({"--junit", folder.file("junit.xml"), "--json", folder.file("report.json"),
                   "--html", folder.file("report.html"), "--markdown", folder.file("report.md")});
  run.secrets = {"0badc0de-5ec2"};
  JudgeJob failing = job_of("client/deletes", Verdict::kFail);
  failing.play = [] {
    ScenarioResult result = of_verdict(Verdict::kFail);
    result.reason = "the key is 0badc0de-5ec2";
    return result;
  };
  EXPECT_EQ(run.run({failing}, flags), 1);
  for (const char* name : {"junit.xml", "report.json", "report.html", "report.md"}) {
    EXPECT_THAT(text_of(name),
                AllOf(HasSubstr("client/deletes"), HasSubstr("the key is [redacted]")))
        << name;
  }
  EXPECT_THAT(text_of("junit.xml"), HasSubstr("file=\"client/deletes.json\""));
}

std::vector<std::string> ids_of(const std::vector<ChangedResult>& list) {
  std::vector<std::string> ids;
  for (const ChangedResult& one : list) ids.push_back(one.scenario);
  return ids;
}

TEST_F(JudgeRunFilesTest, TellsWhatIsOtherwiseThanInAnEarlierRunAndKeepsItsExitCode) {
  ask_for_reports({"--json", folder.file("report.json")});
  EXPECT_EQ(run.run({job_of("client/a"), job_of("client/b", Verdict::kFail), job_of("client/c"),
                     job_of("client/large")},
                    flags),
            1);
  EXPECT_FALSE(told.since);
  flags = JudgeFlags();
  ask_for_reports({"--baseline", folder.file("report.json")});
  run.left_out = {"client/large"};  // for --thorough
  EXPECT_EQ(run.run({job_of("client/a", Verdict::kFail), job_of("client/b")}, flags), 1);
  ASSERT_TRUE(told.since);
  EXPECT_THAT(ids_of(told.since->new_failures), ElementsAre("client/a"));
  EXPECT_THAT(ids_of(told.since->mended), ElementsAre("client/b"));
  EXPECT_THAT(ids_of(told.since->gone), ElementsAre("client/c"));
  // A part of the run knows what there is; parts of what there is know nothing of the rest.
  run.filter = "client/a";
  EXPECT_EQ(run.run({job_of("client/a"), job_of("client/b"), job_of("client/c")}, flags), 0);
  EXPECT_TRUE(told.since->is_none());
  run.part = true;
  EXPECT_EQ(run.run({job_of("client/a")}, flags), 0);
  EXPECT_TRUE(told.since->is_none());
}

TEST_F(JudgeRunFilesTest, WhatIsOfAWorldThatIsNotPlayedIsNotGone) {
  ask_for_reports({"--json", folder.file("report.json")});
  JudgeJob http = job_of("client/a");
  http.world = "http";
  run.run({job_of("client/a"), http}, flags);
  flags = JudgeFlags();
  ask_for_reports({"--baseline", folder.file("report.json")});
  run.run({job_of("client/a")}, flags);  // --world virtual
  EXPECT_TRUE(told.since->is_none());
}

TEST_F(JudgeRunFilesTest, AReportThatCannotBeWrittenIsAnError) {
  ask_for_reports({"--junit", folder.file("taken-away/junit.xml")});
  std::filesystem::remove(folder.file("taken-away"));
  EXPECT_EQ(run.run({job_of("a")}, flags), 2);
}

TEST_F(JudgeRunFilesTest, WhatIsKnownToFailIsSkippedAndAStaleEntryFails) {
  flags.known_failing = folder.file("known.json");
  std::ofstream(flags.known_failing) << R"({"known_failing":[
      {"scenario":"a","reason":"ticket 1"},{"scenario":"gone","reason":"ticket 2"}]})";
  ask_for_reports({"--junit", folder.file("junit.xml")});
  EXPECT_EQ(run.run({job_of("a", Verdict::kFail), job_of("b")}, flags), 1);
  EXPECT_EQ(told.results.at(0).verdict, Verdict::kSkip);
  EXPECT_THAT(text_of("junit.xml"), HasSubstr("<testcase name=\"gone\""));
  // Of a part of all there is, an entry that fits nothing is no wonder.
  run.part = true;
  EXPECT_EQ(run.run({job_of("a", Verdict::kFail), job_of("b")}, flags), 0);
}

TEST(PlayPoolDeathTest, AbortsWhenItIsAskedForAJobThatItWasNotGiven) {
  const JudgeJob known = job_of("a");
  const JudgeJob unknown = job_of("b");
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(PlayPool({&known}, 1).wait_for(&unknown), "was not given: b");
}

}  // namespace
}  // namespace terapi::conformance
