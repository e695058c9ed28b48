#include "conformance/program/judge_run.h"

#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "conformance/contract/clause_catalogue.h"
#include "conformance/program/known_failing.h"
#include "conformance/program/play_pool.h"
#include "conformance/program/program.h"
#include "conformance/report/console_report.h"
#include "conformance/report/html_report.h"
#include "conformance/report/json_report.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {
namespace {

// What the tests of one run share.
struct Judging {
  const JudgeRun& run;
  const JudgeFlags& flags;
  const Redactor& redactor;
  KnownFailing known;
  std::vector<JudgeJob> jobs;
  std::unique_ptr<ConsoleReport> console;
  std::unique_ptr<PlayPool> pool;
  RunSummary summary;
};

// One scenario in one world, as GoogleTest sees it.
class ScenarioTest : public testing::Test {
 public:
  ScenarioTest(Judging& judging, const JudgeJob& job) : judging_(judging), job_(job) {}

  void TestBody() override {
    judging_.console->start(job_.scenario, job_.world);
    ScenarioResult result = judging_.pool->wait_for(&job_);
    judging_.known.apply(result);
    if (result.rerun.empty()) {
      result.rerun = judging_.run.rerun + judging_.flags.rerun_flags() + " --filter " +
                     shell_word(job_.scenario) + " --seed " + std::to_string(result.seed);
    }
    RecordProperty("verdict", std::string(to_string(result.verdict)));
    judging_.console->end(result);
    tell_gtest(result);
    judging_.summary.results.push_back(std::move(result));
  }

 private:
  // What becomes the JUnit report: without keys, as all reports.
  void tell_gtest(const ScenarioResult& result) const {
    const Redactor& redactor = judging_.redactor;
    if (result.verdict == Verdict::kSkip) GTEST_SKIP() << redactor.redact(result.reason);
    if (!is_failure(result.verdict)) return;
    std::string text = std::string(to_string(result.verdict)) + " " + result.reason + "\n";
    for (const Finding& finding : result.findings) {
      text += finding.clause + ": " + finding.what + "\n  expected: " + finding.expected +
              "\n  actual: " + finding.actual + "\n";
    }
    ADD_FAILURE_AT(job_.file.c_str(), 1) << redactor.redact(text + "again: " + result.rerun);
  }

  Judging& judging_;
  const JudgeJob& job_;
};

// Starts the pool when GoogleTest knows which tests it will run.
class StartOfIteration : public testing::EmptyTestEventListener {
 public:
  explicit StartOfIteration(Judging& judging) : judging_(judging) {}

  void OnTestIterationStart(const testing::UnitTest& unit, int /*iteration*/) override {
    std::vector<const JudgeJob*> chosen;
    for (int i = 0; i < unit.total_test_suite_count(); ++i) {
      const testing::TestSuite& suite = *unit.GetTestSuite(i);
      for (int j = 0; j < suite.total_test_count(); ++j) {
        const testing::TestInfo& test = *suite.GetTestInfo(j);
        if (!test.should_run()) continue;
        for (const JudgeJob& job : judging_.jobs) {
          if (job.world == suite.name() && job.scenario == test.name()) chosen.push_back(&job);
        }
      }
    }
    const std::uint64_t threads =
        judging_.flags.jobs != 0 ? judging_.flags.jobs : judging_.run.jobs;
    total_ += chosen.size();
    judging_.console->begin(total_);
    judging_.pool = std::make_unique<PlayPool>(chosen, threads);
  }
  void OnTestIterationEnd(const testing::UnitTest& /*unit*/, int /*iteration*/) override {
    judging_.pool.reset();
  }

 private:
  Judging& judging_;
  std::size_t total_ = 0;
};

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

std::unique_ptr<ConsoleReport> make_console(const RunSummary& summary, const Redactor& redactor) {
  ConsoleOptions options;
  options.terminal = ::isatty(STDOUT_FILENO) == 1;
  options.color = color_wanted(options.terminal, std::getenv("NO_COLOR"));
  options.width = terminal_width();
  return std::make_unique<ConsoleReport>(
      [](std::string_view text) { std::cout << text << std::flush; }, options, lookup_in(summary),
      redactor);
}

void add_clauses(RunSummary& summary) {
  for (const Clause& clause : ClauseCatalogue::builtin().clauses()) {
    summary.clauses.push_back({clause.id, std::string(to_string(clause.level)), clause.statement});
  }
  for (const Invariant& invariant : ClauseCatalogue::builtin().invariants()) {
    summary.invariants.push_back({invariant.id, "", invariant.statement});
  }
}

// GoogleTest splits a filter at '-' and ':', which ids have.
std::string gtest_patterns(const std::vector<std::string>& globs) {
  std::string patterns;
  for (std::string glob : globs) {
    std::replace_if(
        glob.begin(), glob.end(), [](char c) { return c == '-' || c == ':'; }, '?');
    patterns += (patterns.empty() ? "*." : ":*.") + glob;
  }
  return patterns;
}

std::string gtest_filter(const std::string& text) {
  const IdFilter filter = IdFilter::parse(text);
  std::string words = filter.wanted.empty() ? "*" : gtest_patterns(filter.wanted);
  if (!filter.unwanted.empty()) words += "-" + gtest_patterns(filter.unwanted);
  return words;
}

void start_gtest(const JudgeFlags& flags) {
  std::vector<std::string> words = {"terapi-conformance", "--gtest_color=no",
                                    "--gtest_repeat=" + std::to_string(flags.repeat)};
  if (!flags.filter.empty()) words.push_back("--gtest_filter=" + gtest_filter(flags.filter));
  if (flags.shuffle) words.emplace_back("--gtest_shuffle");
  if (flags.seed != 0) {
    words.push_back("--gtest_random_seed=" + std::to_string(flags.seed % 99'999));
  }
  if (!flags.junit.empty()) words.push_back("--gtest_output=xml:" + flags.junit);
  if (flags.shards > 1) {
    ::setenv("GTEST_TOTAL_SHARDS", std::to_string(flags.shards).c_str(), 1);
    ::setenv("GTEST_SHARD_INDEX", std::to_string(flags.shard - 1).c_str(), 1);
  }
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  testing::InitGoogleTest(&count, arguments.data());
}

bool write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return true;
  refuse(path + ": cannot be written");
  return false;
}

}  // namespace

std::string shell_word(const std::string& text) {
  if (!text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789_-+=:,./@%") == std::string::npos) {
    return text;
  }
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

int JudgeRun::run(std::vector<JudgeJob> jobs_given, const JudgeFlags& flags) const {
  auto known = KnownFailing::load(flags.known_failing);
  if (!known) return refuse(known.error().message);
  const Redactor redactor(secrets);
  Judging judging{*this,   flags,   redactor, *std::move(known), std::move(jobs_given),
                  nullptr, nullptr, {}};
  RunSummary& summary = judging.summary;
  summary.mode = mode;
  summary.subject = subject;
  summary.dialect = flags.dialect;
  summary.seed = flags.seed;
  summary.started_at =
      std::chrono::time_point_cast<core::Duration>(std::chrono::system_clock::now());
  add_clauses(summary);
  judging.console = make_console(summary, redactor);

  for (const std::string& glob : IdFilter::parse(flags.filter).globs()) {
    const bool fits_one =
        std::any_of(judging.jobs.begin(), judging.jobs.end(),
                    [&](const JudgeJob& job) { return fits(glob, job.scenario); });
    if (!fits_one) {
      return refuse("no scenario fits '" + glob + "'; `terapi-conformance list` shows them");
    }
  }
  start_gtest(flags);
  for (const JudgeJob& job : judging.jobs) {
    testing::RegisterTest(
        job.world.c_str(), job.scenario.c_str(), nullptr, nullptr, job.file.c_str(), 1,
        [&judging, &job]() -> testing::Test* { return new ScenarioTest(judging, job); });
  }
  testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(new StartOfIteration(judging));
  // What came of it is in the summary; GoogleTest only knows of passed and failed.
  static_cast<void>(RUN_ALL_TESTS() == 0);

  if (summary.results.empty()) {
    return refuse("no scenario fits '" + flags.filter + "'; `terapi-conformance list` shows them");
  }
  if (flags.filter.empty() && flags.shards == 1) judging.known.add_stale(summary.results);
  summary.elapsed = std::chrono::time_point_cast<core::Duration>(std::chrono::system_clock::now()) -
                    summary.started_at;
  const bool written =
      write_file(flags.json, flags.json.empty() ? "" : json_report(summary, redactor)) &&
      write_file(flags.html, flags.html.empty() ? "" : html_report(summary, redactor));
  judging.console->finish(summary);
  return written ? exit_code(summary.results) : 2;
}

}  // namespace terapi::conformance
