#include "conformance/program/explore_report.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "conformance/program/program.h"
#include "core/duration.h"

namespace terapi::conformance {

namespace json = core::json;
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

// As the text of an XML element or attribute.
std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (byte >= 0x20 || c == '\n' || c == '\t') {
      out += c;
    }
  }
  return out;
}

bool write_report(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) refuse(path + ": cannot be written");
  return static_cast<bool>(file);
}

std::string plural(std::uint64_t count, const std::string& what) {
  return with_thousands(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

ExploreReport::ExploreReport(const ExploreFlags& flags)
    : flags_(flags), terminal_(::isatty(STDERR_FILENO) == 1), began_(Steady::now()), told_(began_) {
  found_.begin_array();
  placed_.begin_array();
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
  std::ofstream file(path, std::ios::binary);
  file << kept.text;
  file.close();
  if (file) return true;
  failed_ = true;
  refuse(path.string() + ": cannot be written");
  return false;
}

// `failure`: empty, it passed.
void ExploreReport::add_case(const std::string& name, const std::string& failure) {
  ++case_count_;
  cases_ += "    <testcase classname=\"explore\" name=\"" + xml_text(name) + "\"";
  if (failure.empty()) {
    cases_ += "/>\n";
    return;
  }
  ++failed_cases_;
  cases_ += ">\n      <failure message=\"" + xml_text(failure.substr(0, failure.find('\n'))) +
            "\">" + xml_text(failure) + "</failure>\n    </testcase>\n";
}

std::string ExploreReport::junit_text() const {
  const std::string counts = "tests=\"" + std::to_string(case_count_) + "\" failures=\"" +
                             std::to_string(failed_cases_) + "\"";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts +
         ">\n  <testsuite name=\"explore\" " + counts + ">\n" + cases_ +
         "  </testsuite>\n</testsuites>\n";
}

void ExploreReport::tell_kept(const FoundFailure& failure, const KeptSchedule& kept,
                              const std::string& folder) {
  std::printf("FAIL %s, seed %llu%s\n", failure.name().c_str(),
              static_cast<unsigned long long>(failure.seed),
              failure.seeds > 1 ? (" and " + plural(failure.seeds - 1, "other")).c_str() : "");
  std::printf("  %s\n    expected: %s\n    actual:   %s\n", kept.finding.what.c_str(),
              kept.finding.expected.c_str(), kept.finding.actual.c_str());
  std::printf("  made smaller to %s in %zu tries:\n", plural(kept.steps, "step").c_str(),
              kept.tried);
  const bool saved = save(kept, folder);
  std::printf("\n%s\n", kept.text.c_str());
  if (saved) {
    const std::string path = folder + "/" + kept.path;
    std::printf("  kept as %s\n", path.c_str());
  }
  if (!kept.fails_on_sqlite) std::printf("  it passes where the client keeps its data in SQLite\n");
  if (!kept.passes_reference) std::printf("  on the reference client it is inconclusive\n");
  std::printf("  again: %s\n\n", flags_.again(failure.seed).c_str());
  std::fflush(stdout);
  add_case(failure.name() + ", seed " + std::to_string(failure.seed),
           kept.finding.what + "\n" + kept.text);
  found_.begin_object().field("seed", failure.seed).field("seeds", failure.seeds);
  found_.field("clause", kept.finding.clause).field("invariant", kept.finding.invariant);
  found_.field("what", kept.finding.what).field("steps", kept.steps);
  found_.field("scenario", kept.text).end_object();
}

void ExploreReport::tell_error(const FoundFailure& failure) {
  const std::string what =
      failure.verdict == Verdict::kError ? failure.reason : failure.finding.what;
  std::printf("%s seed %llu: %s\n", failure.name().c_str(),
              static_cast<unsigned long long>(failure.seed), what.c_str());
  add_case(failure.name() + ", seed " + std::to_string(failure.seed), what + "\n");
  found_.begin_object().field("seed", failure.seed).field("seeds", failure.seeds);
  found_.field("what", what).end_object();
}

void ExploreReport::tell(const Exploration& exploration, bool stopped) {
  std::printf("%s\n", exploration.coverage.text().c_str());
  std::uint64_t failed = 0;
  for (const auto& [name, failure] : exploration.found) failed += failure.seeds;
  std::printf("%s%s of seeds from %llu in %.1f s: %s a second, %.1f requests each\n",
              stopped ? "stopped: " : "", plural(exploration.schedules, "schedule").c_str(),
              static_cast<unsigned long long>(flags_.first), seconds_of(exploration.elapsed),
              with_thousands(per_second(exploration)).c_str(),
              static_cast<double>(exploration.exchanges) /
                  static_cast<double>(std::max<std::uint64_t>(exploration.schedules, 1)));
  std::printf("%s passed, %s failed in %zu ways; in %s of them some fault never struck\n",
              with_thousands(exploration.schedules - failed).c_str(),
              with_thousands(failed).c_str(), exploration.found.size(),
              with_thousands(exploration.inconclusive).c_str());
  if (exploration.found.empty()) add_case(plural(exploration.schedules, "schedule"), "");
  json::Writer out;
  out.begin_object().field("schedules", exploration.schedules).field("failed", failed);
  out.field("inconclusive", exploration.inconclusive).field("first_seed", flags_.first);
  out.field("per_second", per_second(exploration)).field("stopped", stopped);
  out.raw_field("coverage", exploration.coverage.json()).end_object();
  summary_ = out.take().substr(1);
}

void ExploreReport::tell_unplaced(const std::string& scenario, const std::string& why) {
  std::printf("%s: none placed: %s\n", scenario.c_str(), why.c_str());
}

void ExploreReport::tell_placed(const std::string& scenario, const Placements& places,
                                std::uint64_t ways, const Exploration& exploration) {
  std::uint64_t failed = 0;
  for (const auto& [name, failure] : exploration.found) failed += failure.seeds;
  std::printf(
      "%s: %zu places for a fault, %zu for a kill; %s to place up to %llu; %s tried in "
      "%.1f s, %s failed\n",
      scenario.c_str(), places.faults(), places.kills(), plural(ways, "way").c_str(),
      static_cast<unsigned long long>(flags_.exhaustive),
      with_thousands(exploration.schedules).c_str(), seconds_of(exploration.elapsed),
      with_thousands(failed).c_str());
  std::fflush(stdout);
  if (failed == 0) add_case(scenario, "");
  placed_.begin_object().field("scenario", scenario).field("places", places.faults());
  placed_.field("kills", places.kills()).field("ways", ways);
  placed_.field("tried", exploration.schedules).field("failed", failed).end_object();
}

// --- mutants ------------------------------------------------------------------------------------

void ExploreReport::begin_mutants() {
  std::printf("%-30s %8s %8s %6s  %s\n", "mutant", "seeds", "time", "steps", "found by");
}

void ExploreReport::tell_mutant(const ClientMutant& mutant, const Exploration& exploration,
                                const FoundFailure& failure, const KeptSchedule& kept,
                                const std::string& folder) {
  const std::uint64_t seeds = failure.seed - flags_.first + 1;
  std::printf("%-30s %8llu %7.2fs %6zu  %s%s\n", std::string(mutant.id).c_str(),
              static_cast<unsigned long long>(seeds), seconds_of(exploration.elapsed), kept.steps,
              failure.name().c_str(),
              kept.passes_reference ? "" : " (on the reference client it is inconclusive)");
  std::fflush(stdout);
  save(kept, folder);
  add_case(std::string(mutant.id), "");
  found_.begin_object().field("mutant", mutant.id).field("seeds", seeds);
  found_.field("seed", failure.seed).field("ms", exploration.elapsed.count() / 1000);
  found_.field("steps", kept.steps).field("found_by", failure.name());
  found_.field("scenario", kept.text).end_object();
}

void ExploreReport::tell_survivor(const ClientMutant& mutant, const Exploration& exploration) {
  std::printf("%-30s %8s %7.2fs %6s  not found in %s\n", std::string(mutant.id).c_str(), "-",
              seconds_of(exploration.elapsed), "-",
              plural(exploration.schedules, "schedule").c_str());
  std::fflush(stdout);
  add_case(std::string(mutant.id),
           "not found in " + plural(exploration.schedules, "schedule") + "\n");
  found_.begin_object().field("mutant", mutant.id).null_field("seeds");
  found_.field("schedules", exploration.schedules).end_object();
}

int ExploreReport::finish_mutants(std::size_t all, std::size_t not_found) {
  std::printf("\n%zu of %zu mutants were found\n", all - not_found, all);
  json::Writer out;
  out.begin_object().field("mutants", all).field("not_found", not_found).end_object();
  summary_ = out.take().substr(1);
  return finish(not_found == 0 ? 0 : 1);
}

int ExploreReport::finish(int code) {
  std::fflush(stdout);
  found_.end_array();
  placed_.end_array();
  if (summary_.empty()) summary_ = R"("placed":)" + placed_.take() + "}";
  const bool written =
      write_report(flags_.json, R"({"found":)" + found_.take() + "," + summary_ + "\n") &&
      write_report(flags_.junit, junit_text());
  if (!written) return 2;
  return failed_ ? 2 : code;
}

}  // namespace terapi::conformance
