// terapi-conformance explore: random schedules, or all of a kind; what fails is made small and
// kept.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include "conformance/harness/explore/placements.h"
#include "conformance/program/explore_flags.h"
#include "conformance/program/explore_report.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"

namespace terapi::conformance {
namespace {

std::atomic<bool> g_stop{false};
extern "C" void stop_exploring(int /*signal*/) { g_stop = true; }

void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = &stop_exploring;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second one ends it at once
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

// Made small, told, and saved where that was asked for.
void keep_found(const Exploration& exploration, const ExploreFlags& flags, ExploreReport& report) {
  constexpr std::size_t kMostKept = 8;
  std::size_t kept = 0;
  for (const auto& [name, failure] : exploration.found) {
    if (failure.verdict == Verdict::kError || kept++ >= kMostKept) {
      report.tell_error(failure);
      continue;
    }
    report.tell_kept(failure, flags.keep(flags.draw(failure.seed), failure), flags.save);
  }
}

int explore_seeds(const ExploreFlags& flags) {
  ExploreReport report(flags);
  Explorer explorer(flags.explorer());
  const Exploration exploration = explorer.run(
      g_stop, [&](std::uint64_t played, std::uint64_t failed) { report.progress(played, failed); });
  report.end_progress();
  keep_found(exploration, flags, report);
  report.tell(exploration, g_stop);
  return report.finish(exploration.found.empty());
}

int explore_mutants(const ExploreFlags& flags) {
  ExploreReport report(flags);
  report.begin_mutants();
  std::size_t found = 0;
  for (const MutantToFind& mutant : flags.mutants) {
    if (g_stop) break;
    const ExploreFlags of_one = flags.for_mutant(mutant);
    ExplorerOptions options = of_one.explorer();
    options.stop_at_first = true;
    const Exploration exploration = Explorer(options).run(
        g_stop,
        [&](std::uint64_t played, std::uint64_t) { report.progress(played, 0, mutant.id); });
    report.end_progress();
    if (exploration.found.empty() && g_stop) break;  // nobody knows whether it would have been
    if (exploration.found.empty()) {
      report.tell_survivor(mutant, exploration);
      continue;
    }
    const auto first = std::min_element(
        exploration.found.begin(), exploration.found.end(),
        [](const auto& a, const auto& b) { return a.second.seed < b.second.seed; });
    const FoundFailure& failure = first->second;
    ++found;
    report.tell_mutant(mutant, exploration, failure, of_one.keep(flags.draw(failure.seed), failure),
                       flags.save);
  }
  // One that a signal came before was not found, either.
  report.tell_mutants(flags.mutants.size(), found);
  return report.finish(found == flags.mutants.size());
}

// Every way to place faults in one scenario; true when something was found.
bool explore_placements(const Scenario& scenario, const ExploreFlags& flags,
                        ExploreReport& report) {
  const auto places = Placements::of(scenario, flags.play);
  if (!places) {
    report.tell_unplaced(scenario.id, places.error().message);
    return false;
  }
  ExplorerOptions options = flags.explorer();
  options.first = 1;
  options.last = places->combinations(flags.exhaustive);
  options.draw = [&](std::uint64_t n) { return places->schedule(n, flags.exhaustive); };
  const Exploration exploration =
      Explorer(options).run(g_stop, [&](std::uint64_t played, std::uint64_t failed) {
        report.progress(played, failed, scenario.id);
      });
  report.end_progress();
  report.tell_placed(scenario.id, *places, options.last, exploration);
  for (const auto& [name, failure] : exploration.found) {
    if (failure.verdict == Verdict::kError) {
      report.tell_error(failure);
      continue;
    }
    const std::string file =
        scenario.id.substr(scenario.id.find('/') + 1) + "-" + std::to_string(failure.seed);
    report.tell_kept(failure, flags.keep(options.draw(failure.seed), failure, file), flags.save);
  }
  return !exploration.found.empty();
}

int explore_exhaustively(const ExploreFlags& flags) {
  auto scenarios = load_scenarios(flags.scenarios);
  if (!scenarios) return refuse(scenarios.error().message);
  const IdFilter chosen = IdFilter::parse(flags.filter);
  std::erase_if(*scenarios, [&](const Scenario& s) {
    return s.judges != Subject::kClient || !s.in_virtual || !s.speaks(flags.dialect) ||
           !chosen.takes(s.id);
  });
  if (scenarios->empty()) {
    return refuse("no scenario of a client in virtual time fits '" + flags.filter +
                  "'; `terapi-conformance list` shows them");
  }
  ExploreReport report(flags);
  bool found = false;
  for (const Scenario& scenario : *scenarios) {
    if (g_stop) break;
    found = explore_placements(scenario, flags, report) || found;
  }
  return report.finish(!found);
}

}  // namespace

int run_explore_mode(const std::vector<std::string>& arguments) {
  ExploreFlags flags;
  if (const auto read = flags.read(arguments); !read) return refuse(read.error().message);
  if (flags.help) {
    std::printf("%s\n", flags.help_text().c_str());
    return 0;
  }
  stop_on_signals();
  flags.stop = &g_stop;
  if (flags.exhaustive > 0) return explore_exhaustively(flags);
  if (!flags.mutants.empty()) return explore_mutants(flags);
  return explore_seeds(flags);
}

}  // namespace terapi::conformance
