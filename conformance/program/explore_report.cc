#include "conformance/program/explore_report.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "conformance/program/judge_run.h"
#include "conformance/program/program.h"
#include "conformance/report/console_report.h"
#include "conformance/report/console_style.h"
#include "conformance/report/json_report.h"
#include "core/duration.h"

namespace terapi::conformance {

using Steady = std::chrono::steady_clock;

namespace {

double seconds_of(core::Duration duration) { return static_cast<double>(duration.count()) / 1e6; }

std::string with_thousands(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::uint64_t per_second(const Exploration& exploration) {
  const double seconds = std::max(seconds_of(exploration.elapsed), 1e-6);
  return static_cast<std::uint64_t>(static_cast<double>(exploration.schedules) / seconds);
}

std::uint64_t failed_in(const Exploration& exploration) {
  std::uint64_t failed = 0;
  for (const auto& [name, failure] : exploration.found) failed += failure.seeds;
  return failed;
}

// "0.8", "2,561": where a schedule takes seconds, a whole number would tell nothing.
std::string rate_text(const Exploration& exploration) {
  const std::uint64_t rate = per_second(exploration);
  if (rate >= 10) return with_thousands(rate);
  const double seconds = std::max(seconds_of(exploration.elapsed), 1e-6);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.1f",
                static_cast<double>(exploration.schedules) / seconds);
  return text.data();
}

std::string plural(std::uint64_t count, const std::string& what) {
  return with_thousands(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

ExploreReport::ExploreReport(const ExploreFlags& flags)
    : flags_(flags),
      terminal_(::isatty(STDERR_FILENO) == 1),
      began_(Steady::now()),
      told_(began_),
      document_({{"found", Json::array()}}),
      run_(begin_summary("explore", flags.subject())) {
  run_.seed = flags.first;
  run_.dialect = flags.dialect;
  if (flags.exhaustive > 0) document_["placed"] = Json::array();
}

void ExploreReport::progress(std::uint64_t played, std::uint64_t failed, std::string_view of) {
  const auto now = Steady::now();
  if (!terminal_ && now - told_ < std::chrono::seconds(10)) return;
  told_ = now;
  const auto seconds = std::chrono::duration<double>(now - began_).count();
  std::string line = of.empty() ? "" : std::string(of) + ": ";
  line += plural(played, "schedule") + " in " + std::to_string(static_cast<int>(seconds)) + " s";
  if (of.empty()) line += ", " + with_thousands(failed) + " failed";
  if (!terminal_) {
    std::fprintf(stderr, "%s\n", line.c_str());
    return;
  }
  const std::string rest(width_ > line.size() ? width_ - line.size() : 0, ' ');
  std::fprintf(stderr, "\r%s%s", line.c_str(), rest.c_str());
  std::fflush(stderr);
  width_ = line.size();
}

void ExploreReport::end_progress() {
  if (!terminal_ || width_ == 0) return;
  std::fprintf(stderr, "\r%s\r", std::string(width_, ' ').c_str());
  width_ = 0;
}

bool ExploreReport::save(const KeptSchedule& kept, const std::string& folder) {
  if (folder.empty()) return false;
  const std::filesystem::path path = std::filesystem::path(folder) / kept.path;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const auto written = write_text_file(path.string(), kept.text);
  if (written) return true;
  failed_ = true;
  refuse(written.error().message);
  return false;
}

ScenarioResult& ExploreReport::add_result(const std::string& name, Verdict verdict) {
  ScenarioResult& result = run_.results.emplace_back();
  result.scenario = name;
  result.verdict = verdict;
  result.subject = run_.subject;
  return result;
}

void ExploreReport::tell_kept(const FoundFailure& failure, const KeptSchedule& kept,
                              const std::string& folder) {
  std::printf("FAIL %s, seed %llu%s\n", failure.name().c_str(),
              static_cast<unsigned long long>(failure.seed),
              failure.seeds > 1 ? (" and " + plural(failure.seeds - 1, "other")).c_str() : "");
  std::printf("  %s\n    expected: %s\n    actual:   %s\n", printable(kept.finding.what).c_str(),
              printable(kept.finding.expected).c_str(), printable(kept.finding.actual).c_str());
  std::printf("  made smaller to %s in %zu tries:\n", plural(kept.steps, "step").c_str(),
              kept.tried);
  const bool saved = save(kept, folder);
  std::printf("\n%s\n", printable(kept.text).c_str());
  if (saved) {
    const std::string path = folder + "/" + kept.path;
    std::printf("  kept as %s\n", path.c_str());
  }
  if (!kept.fails_on_sqlite) std::printf("  it passes where the client keeps its data in SQLite\n");
  if (!kept.passes_reference) std::printf("  on the reference it is inconclusive\n");
  std::printf("  again: %s\n\n", flags_.again(failure.seed).c_str());
  std::fflush(stdout);
  ScenarioResult& result =
      add_result(failure.name() + ", seed " + std::to_string(failure.seed), Verdict::kFail);
  result.seed = failure.seed;
  result.reason = "made smaller:\n" + kept.text;
  result.findings = {kept.finding};
  result.findings.front().events.clear();  // of a timeline that is not here
  result.rerun = flags_.again(failure.seed);
  document_["found"].push_back({{"seed", failure.seed},
                                {"seeds", failure.seeds},
                                {"clause", kept.finding.clause},
                                {"invariant", kept.finding.invariant},
                                {"what", kept.finding.what},
                                {"steps", kept.steps},
                                {"scenario", kept.text}});
}

void ExploreReport::tell_error(const FoundFailure& failure) {
  const std::string what = flags_.redactor().redact(
      failure.verdict == Verdict::kError ? failure.reason : failure.finding.what);
  std::printf("%s seed %llu: %s\n", failure.name().c_str(),
              static_cast<unsigned long long>(failure.seed), printable(what).c_str());
  ScenarioResult& result =
      add_result(failure.name() + ", seed " + std::to_string(failure.seed), failure.verdict);
  result.seed = failure.seed;
  result.reason = what;
  result.rerun = flags_.again(failure.seed);
  document_["found"].push_back({{"seed", failure.seed}, {"seeds", failure.seeds}, {"what", what}});
}

void ExploreReport::tell(const Exploration& exploration, bool stopped) {
  const auto of = flags_.only_reads() ? StepCoverage::Of::kReads : StepCoverage::Of::kAll;
  const std::string tried =
      flags_.server ? exploration.steps.text(of) : exploration.coverage.text();
  std::printf("%s\n", tried.c_str());
  const std::uint64_t failed = failed_in(exploration);
  std::printf("%s%s of seeds from %llu in %.1f s: %s a second, %.1f requests each\n",
              stopped ? "stopped: " : "", plural(exploration.schedules, "schedule").c_str(),
              static_cast<unsigned long long>(flags_.first), seconds_of(exploration.elapsed),
              rate_text(exploration).c_str(),
              static_cast<double>(exploration.requests) /
                  static_cast<double>(std::max<std::uint64_t>(exploration.schedules, 1)));
  std::printf("%s passed, %s failed in %zu ways; in %s of them %s\n",
              with_thousands(exploration.schedules - failed).c_str(),
              with_thousands(failed).c_str(), exploration.found.size(),
              with_thousands(exploration.inconclusive).c_str(),
              flags_.server ? "some law had too little to look at" : "some fault never struck");
  played_ += exploration.schedules;
  if (exploration.found.empty() && exploration.schedules > 0) {
    add_result(plural(exploration.schedules, "schedule"), Verdict::kPass);
  }
  document_.update(
      {{"schedules", exploration.schedules},
       {"failed", failed},
       {"inconclusive", exploration.inconclusive},
       {"first_seed", flags_.first},
       {"per_second", per_second(exploration)},
       {"stopped", stopped},
       {"coverage", flags_.server ? exploration.steps.json(of) : exploration.coverage.json()}});
}

void ExploreReport::tell_unplaced(const std::string& scenario, const std::string& why) {
  std::printf("%s: none placed: %s\n", scenario.c_str(), why.c_str());
  add_result(scenario, Verdict::kSkip).reason = why;
}

void ExploreReport::tell_placed(const std::string& scenario, const Placements& places,
                                std::uint64_t ways, const Exploration& exploration) {
  const std::uint64_t failed = failed_in(exploration);
  std::printf(
      "%s: %zu places for a fault, %zu for a kill; %s to place up to %llu; %s tried in "
      "%.1f s, %s failed\n",
      scenario.c_str(), places.faults(), places.kills(), plural(ways, "way").c_str(),
      static_cast<unsigned long long>(flags_.exhaustive),
      with_thousands(exploration.schedules).c_str(), seconds_of(exploration.elapsed),
      with_thousands(failed).c_str());
  std::fflush(stdout);
  played_ += exploration.schedules;
  if (failed == 0 && exploration.schedules > 0) add_result(scenario, Verdict::kPass);
  document_["placed"].push_back({{"scenario", scenario},
                                 {"places", places.faults()},
                                 {"kills", places.kills()},
                                 {"ways", ways},
                                 {"tried", exploration.schedules},
                                 {"failed", failed}});
}

// --- mutants ------------------------------------------------------------------------------------

void ExploreReport::begin_mutants() {
  std::printf("%-30s %8s %8s %6s  %s\n", "mutant", "seeds", "time", "steps", "found by");
}

void ExploreReport::tell_mutant(const MutantToFind& mutant, const Exploration& exploration,
                                const FoundFailure& failure, const KeptSchedule& kept,
                                const std::string& folder) {
  const std::uint64_t seeds = failure.seed - flags_.first + 1;
  std::printf("%-30s %8llu %7.2fs %6zu  %s%s\n", std::string(mutant.id).c_str(),
              static_cast<unsigned long long>(seeds), seconds_of(exploration.elapsed), kept.steps,
              failure.name().c_str(),
              kept.passes_reference ? "" : " (on the reference it is inconclusive)");
  std::fflush(stdout);
  save(kept, folder);
  played_ += exploration.schedules;
  ScenarioResult& result = add_result(std::string(mutant.id), Verdict::kPass);
  result.title = mutant.defect;
  result.seed = failure.seed;
  document_["found"].push_back({{"mutant", mutant.id},
                                {"seeds", seeds},
                                {"seed", failure.seed},
                                {"ms", exploration.elapsed.count() / 1000},
                                {"steps", kept.steps},
                                {"found_by", failure.name()},
                                {"scenario", kept.text}});
}

void ExploreReport::tell_survivor(const MutantToFind& mutant, const Exploration& exploration) {
  const std::string what = "not found in " + plural(exploration.schedules, "schedule");
  std::printf("%-30s %8s %7.2fs %6s  %s\n", std::string(mutant.id).c_str(), "-",
              seconds_of(exploration.elapsed), "-", what.c_str());
  std::fflush(stdout);
  played_ += exploration.schedules;
  ScenarioResult& result = add_result(std::string(mutant.id), Verdict::kFail);
  result.title = mutant.defect;
  result.reason = what;
  document_["found"].push_back(
      {{"mutant", mutant.id}, {"seeds", nullptr}, {"schedules", exploration.schedules}});
}

void ExploreReport::tell_mutants(std::size_t all, std::size_t found) {
  std::printf("\n%zu of %zu mutants were found\n", found, all);
  document_.update({{"mutants", all}, {"not_found", all - found}});
}

// What is drawn by chance has no scenarios that are new or gone: a way to fail that was not found
// again counts as mended, with nothing in its place.
void ExploreReport::compare(const ReportFiles& reports) {
  reports.compare(run_, [](const std::string&, const std::string&) { return false; });
  if (!run_.since) return;
  RunDifference& since = *run_.since;
  since.added.clear();
  const bool drawn = flags_.mutants.empty() && flags_.exhaustive == 0;
  for (ChangedResult& one : since.gone) {
    if (drawn && is_failure(*one.then)) since.mended.push_back(std::move(one));
  }
  since.gone.clear();
  std::printf("%s", flags_.redactor().redact(render_difference(run_)).c_str());
}

// What a later run needs of this one, as in other modes' reports.
void ExploreReport::add_results() {
  const Json report = Json::parse(json_report(run_, Redactor()));
  for (const char* name : {"schema_version", "mode", "dialect", "started_at", "baseline"}) {
    document_[name] = report.at(name);
  }
  document_["results"] = Json::array();
  for (const Json& result : report.at("results")) {
    document_["results"].push_back({{"scenario", result.at("scenario")},
                                    {"world", result.at("world")},
                                    {"verdict", result.at("verdict")}});
  }
}

int ExploreReport::finish(bool good) {
  end_summary(run_);
  ReportFiles reports = flags_.reports;
  compare(reports);
  add_results();
  std::printf("%s", reports.annotations(run_, flags_.redactor()).c_str());
  std::fflush(stdout);
  const std::string json = reports.take("json");
  if (!json.empty()) {
    const auto written = write_text_file(
        json,
        flags_.redactor().redact(document_.dump(-1, ' ', false, Json::error_handler_t::replace)) +
            "\n");
    if (!written) return refuse(written.error().message);
  }
  const auto written = reports.write(run_, flags_.redactor());
  if (!written) return refuse(written.error().message);
  if (failed_) return 2;
  if (played_ == 0) return refuse("no schedule was played, so nothing was proved");
  return good ? 0 : 1;
}

}  // namespace terapi::conformance
