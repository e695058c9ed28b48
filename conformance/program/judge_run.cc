#include "conformance/program/judge_run.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

#include "conformance/contract/clause_catalogue.h"
#include "conformance/program/known_failing.h"
#include "conformance/program/play_pool.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"
#include "conformance/report/console_report.h"
#include "core/random.h"
#include "core/shell_word.h"
#include "core/terminal_color.h"

namespace terapi::conformance {
namespace {

using Chosen = std::vector<const JudgeJob*>;

core::Time real_now() {
  return std::chrono::time_point_cast<core::Duration>(std::chrono::system_clock::now());
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

std::unique_ptr<LiveReport> make_console(const RunSummary& summary, const Redactor& redactor) {
  ConsoleOptions options;
  options.terminal = ::isatty(STDOUT_FILENO) == 1;
  options.color = core::color_wanted(STDOUT_FILENO);
  options.width = terminal_width();
  return std::make_unique<ConsoleReport>(
      [](std::string_view text) { std::cout << text << std::flush; }, options, lookup_in(summary),
      redactor);
}

bool fits_one_of(const std::string& glob, const std::vector<std::string>& ids) {
  return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return fits(glob, id); });
}

// Every part of the filter has to fit something, be it what this run leaves out: a slip of the pen
// would leave out what it meant.
core::Result<Chosen> choose(const std::vector<JudgeJob>& all, const std::string& filter,
                            const std::vector<std::string>& left_out, const JudgeFlags& flags) {
  const IdFilter ids = IdFilter::parse(filter);
  bool some_left_out = false;
  for (const std::string& glob : ids.globs()) {
    if (std::any_of(all.begin(), all.end(),
                    [&](const JudgeJob& job) { return fits(glob, job.scenario); })) {
      continue;
    }
    if (!fits_one_of(glob, left_out)) {
      return core::Error{"bad_usage",
                         "no scenario fits '" + glob + "'; `terapi-conformance list` shows them"};
    }
    some_left_out = true;
  }
  Chosen chosen;
  std::uint64_t number = 0;
  for (const JudgeJob& job : all) {
    if (!ids.takes(job.scenario)) continue;
    if (number++ % flags.shards == flags.shard - 1) chosen.push_back(&job);
  }
  if (!chosen.empty() && flags.repeat > 0) return chosen;
  if (number == 0) {
    return core::Error{"bad_usage", "no scenario fits '" + filter + "'" +
                                        (some_left_out ? (flags.quick ? " among those of --quick"
                                                                      : " without --thorough")
                                                       : "") +
                                        "; `terapi-conformance list` shows them"};
  }
  return core::Error{"bad_usage", "none of the " + std::to_string(number) +
                                      " scenarios is played in this part of the run"};
}

void shuffle(Chosen& chosen, core::Random& random) {
  for (std::size_t i = chosen.size(); i > 1; --i) std::swap(chosen[i - 1], chosen[random.below(i)]);
}

std::uint64_t seed_of_order(const JudgeFlags& flags) {
  if (flags.seed != 0) return flags.seed;
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

ScenarioResult not_played(const std::string& stopped_by) {
  ScenarioResult result;
  result.verdict = Verdict::kSkip;
  result.reason = "not played: " + stopped_by + " has failed (--fail-fast)";
  return result;
}

// What every result has, whoever made it.
void complete(ScenarioResult& result, const JudgeJob& job, const std::string& rerun) {
  if (result.scenario.empty()) result.scenario = job.scenario;
  if (result.world.empty()) result.world = job.world;
  result.file = job.file;
  if (result.verdict == Verdict::kError && result.reason.empty()) {
    result.reason = "no verdict was reached, which is a defect of the judge itself";
  }
  if (!result.rerun.empty()) return;
  result.rerun = rerun + " --filter " + core::shell_word(result.scenario) + " --seed " +
                 std::to_string(result.seed);
}

}  // namespace

RunSummary begin_summary(const std::string& mode, const std::string& subject) {
  RunSummary summary;
  summary.mode = mode;
  summary.subject = subject;
  summary.started_at = real_now();
  for (const Clause& clause : ClauseCatalogue::builtin().clauses()) {
    summary.clauses.push_back({clause.id, std::string(to_string(clause.level)), clause.statement});
  }
  for (const Invariant& invariant : ClauseCatalogue::builtin().invariants()) {
    summary.invariants.push_back({invariant.id, "", invariant.statement});
  }
  return summary;
}

void end_summary(RunSummary& summary) { summary.elapsed = real_now() - summary.started_at; }

// Whether a scenario of a baseline may still be there: nobody knows where these are not all, or
// where its world was not asked for.
bool JudgeRun::may_exist(const std::vector<JudgeJob>& all, const std::string& scenario,
                         const std::string& world) const {
  if (part || std::find(left_out.begin(), left_out.end(), scenario) != left_out.end()) return true;
  bool of_world = false;
  for (const JudgeJob& job : all) {
    if (job.world != world) continue;
    if (job.scenario == scenario) return true;
    of_world = true;
  }
  return !of_world;
}

int JudgeRun::run(const std::vector<JudgeJob>& all, const JudgeFlags& flags) const {
  auto known = KnownFailing::load(flags.known_failing);
  if (!known) return refuse(known.error().message);
  const std::string of_dialect = judges_servers ? known_failing_of(flags.dialect) : "";
  auto more = KnownFailing::load(of_dialect, KnownFailing::Kind::kOfADialect);
  if (!more) return refuse(more.error().message);
  known->add(*std::move(more));
  auto chosen = choose(all, filter, left_out, flags);
  if (!chosen) return refuse(chosen.error().message);
  const Redactor redactor(secrets);
  RunSummary summary = begin_summary(mode, subject);
  summary.dialect = flags.dialect;
  summary.seed = flags.seed;
  for (const std::string& file : {flags.known_failing, of_dialect}) {
    if (!file.empty()) summary.known_failing.push_back(file);
  }
  const std::unique_ptr<LiveReport> console =
      live == nullptr ? make_console(summary, redactor) : nullptr;
  LiveReport& told = live == nullptr ? *console : *live;

  told.begin(chosen->size() * flags.repeat);
  std::string stopped_by;  // a scenario that failed, with --fail-fast
  core::Random random = core::Random(seed_of_order(flags)).stream("order");
  for (std::uint64_t i = 0; i < flags.repeat; ++i) {
    if (flags.shuffle) shuffle(*chosen, random);
    PlayPool pool(*chosen, flags.jobs != 0 ? flags.jobs : jobs);
    for (const JudgeJob* job : *chosen) {
      told.start(job->scenario, job->world);
      ScenarioResult result = stopped_by.empty() ? pool.wait_for(job) : not_played(stopped_by);
      complete(result, *job, rerun + flags.rerun_flags());
      known->apply(result);
      if (flags.fail_fast && stopped_by.empty() && is_failure(result.verdict)) {
        stopped_by = job->scenario;
        pool.begin_no_more();
      }
      told.end(result);
      summary.results.push_back(std::move(result));
    }
  }
  if (filter.empty() && flags.shards == 1 && !part) {
    known->add_stale(summary.results, left_out);
  }
  end_summary(summary);
  flags.reports.compare(summary, [&](const std::string& scenario, const std::string& world) {
    return may_exist(all, scenario, world);
  });
  std::cout << flags.reports.annotations(summary, redactor) << std::flush;
  const auto written = flags.reports.write(summary, redactor);
  if (!written) refuse(written.error().message);
  told.finish(summary);
  return written ? exit_code(summary.results) : 2;
}

}  // namespace terapi::conformance
