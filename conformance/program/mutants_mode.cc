// terapi-conformance mutants: clients and servers with known defects, which the suite must fail:
// each by the scenarios that name it. The kill matrix.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "conformance/harness/client_mutant.h"
#include "conformance/harness/server_mutant.h"
#include "conformance/program/jobs.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/play_pool.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {
namespace {

// One mutant against one scenario.
struct Trial {
  std::string mutant;
  const Scenario* scenario = nullptr;
  bool named = false;  // the scenario says that it fails it
  JudgeJob job;
  ScenarioResult result{};
  bool killed() const {
    const bool warns = scenario->level != ScenarioLevel::kMust;
    return result.verdict == Verdict::kFail || (warns && result.verdict == Verdict::kWarn);
  }
};

struct KnownMutant {
  std::string id;
  std::string defect;
  Subject subject = Subject::kClient;
};

std::vector<KnownMutant> known_mutants(const std::string& filter) {
  std::vector<KnownMutant> mutants;
  for (const ClientMutant& mutant : client_mutants()) {
    mutants.push_back({std::string(mutant.id), std::string(mutant.defect), Subject::kClient});
  }
  for (const ServerMutant& mutant : server_mutants()) {
    mutants.push_back({std::string(mutant.id), std::string(mutant.defect), Subject::kServer});
  }
  if (!filter.empty()) {
    std::erase_if(mutants, [&](const KnownMutant& mutant) { return !fits(filter, mutant.id); });
  }
  return mutants;
}

// The reference client with that defect, as a process.
ProcessClientOptions subject_commands(const std::string& mutant) {
  const std::string program = "exec " + shell_word(program_folder() + "/terapi-conformance");
  return {.run = program + " subject --mutant " + mutant,
          .dump = program + " subject --mutant " + mutant + " dump"};
}

JudgeJob job_of(const KnownMutant& mutant, const Scenario& scenario, const JudgeFlags& flags,
                bool over_http) {
  if (over_http) {
    return client_job_over_http(scenario, flags, subject_commands(mutant.id), mutant.id);
  }
  if (mutant.subject == Subject::kClient) {
    return client_job_in_virtual_time(scenario, flags, find_client_mutant(mutant.id));
  }
  return server_job_in_virtual_time(scenario, flags, find_server_mutant(mutant.id));
}

std::vector<Trial> plan_trials(const std::vector<KnownMutant>& mutants,
                               const std::vector<Scenario>& scenarios, const JudgeFlags& flags,
                               bool all, bool over_http) {
  std::vector<Trial> trials;
  for (const KnownMutant& mutant : mutants) {
    for (const Scenario& scenario : scenarios) {
      if (scenario.judges != mutant.subject) continue;
      // What is played over HTTP only is, whichever world was asked for: somebody has to kill it.
      const bool http = mutant.subject == Subject::kClient && scenario.over_http &&
                        (over_http || !scenario.in_virtual);
      if (!http && !scenario.in_virtual) continue;
      const bool named = std::find(scenario.kills.begin(), scenario.kills.end(), mutant.id) !=
                         scenario.kills.end();
      if (!named && !all) continue;
      trials.push_back({mutant.id, &scenario, named, job_of(mutant, scenario, flags, http)});
    }
  }
  return trials;
}

std::string first_finding(const ScenarioResult& result) {
  for (const Finding& finding : result.findings) {
    if (finding.verdict == Verdict::kFail || finding.verdict == Verdict::kWarn) {
      return (finding.invariant.empty() ? finding.clause
                                        : finding.clause + " " + finding.invariant) +
             ": " + finding.what;
    }
  }
  return result.reason;
}

// One mutant's row; true when every scenario that names it fails it.
bool print_row(const KnownMutant& mutant, std::vector<Trial>& trials, PlayPool& pool) {
  for (Trial& trial : trials) {
    if (trial.mutant == mutant.id) trial.result = pool.wait_for(&trial.job);
  }
  std::size_t named = 0;
  std::size_t killed = 0;
  std::string rows;
  for (const Trial& trial : trials) {
    if (trial.mutant != mutant.id || (!trial.named && !trial.killed())) continue;
    named += trial.named ? 1 : 0;
    killed += trial.named && trial.killed() ? 1 : 0;
    rows += std::string("    ") + (trial.killed() ? "✔ " : "✘ ") + trial.scenario->id +
            (trial.named ? "" : " (not named)") + "\n";
    if (trial.killed()) {
      rows += "        " + first_finding(trial.result) + "\n";
    } else {
      rows += "        survived: " + std::string(to_string(trial.result.verdict)) + " " +
              trial.result.reason + "\n";
    }
  }
  const bool good = named > 0 && killed == named;
  std::printf("%s %-34s %s\n%s", good ? "killed  " : "SURVIVED", mutant.id.c_str(),
              mutant.defect.c_str(),
              (named == 0 ? "    ✘ no scenario names it\n" + rows : rows).c_str());
  std::fflush(stdout);
  return good;
}

// Scenarios that name mutants which there are not.
std::size_t print_strangers(const std::vector<Scenario>& scenarios) {
  std::size_t strangers = 0;
  for (const Scenario& scenario : scenarios) {
    for (const std::string& id : scenario.kills) {
      const bool known = scenario.judges == Subject::kClient ? find_client_mutant(id) != nullptr
                                                             : find_server_mutant(id) != nullptr;
      if (known) continue;
      ++strangers;
      std::printf("UNKNOWN  %s, which %s names\n", id.c_str(), scenario.id.c_str());
    }
  }
  return strangers;
}

}  // namespace

int run_mutants_mode(const std::vector<std::string>& arguments) {
  JudgeFlags judge;
  std::string only;
  bool all = false;
  std::string world = "virtual";
  bool help = false;
  core::Flags flags;
  flags.text("mutant", "GLOB", "only mutants whose id fits", only);
  flags.toggle("all", "every scenario on every mutant, not only those that name it", all);
  flags.choice("world", {"virtual", "http"}, "http: the clients as processes; takes minutes",
               world);
  flags.toggle("help", "this text", help);
  judge.add_to(flags);
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    std::printf("terapi-conformance mutants [FLAGS]\n\n%s\n", flags.help().c_str());
    return 0;
  }
  if (!rest->empty()) return refuse("mutants takes no '" + rest->front() + "'");
  auto scenarios = load_scenarios(judge.scenarios);
  if (!scenarios) return refuse(scenarios.error().message);
  if (!judge.filter.empty()) {
    const IdFilter chosen = IdFilter::parse(judge.filter);
    std::erase_if(*scenarios, [&](const Scenario& s) { return !chosen.takes(s.id); });
  }
  const std::vector<KnownMutant> mutants = known_mutants(only);
  if (mutants.empty()) return refuse("no mutant fits '" + only + "'");

  std::vector<Trial> trials = plan_trials(mutants, *scenarios, judge, all, world == "http");
  std::vector<const JudgeJob*> jobs;
  jobs.reserve(trials.size());
  for (const Trial& trial : trials) jobs.push_back(&trial.job);
  // Most trials are computing, but those that only exist over HTTP wait most of the time.
  PlayPool pool(jobs, judge.jobs == 0 ? kClientsAtOnce : judge.jobs);
  std::size_t failed = 0;
  for (const KnownMutant& mutant : mutants) failed += print_row(mutant, trials, pool) ? 0 : 1;
  failed += print_strangers(*scenarios);
  std::size_t none = 0;
  for (const Scenario& scenario : *scenarios) none += scenario.kills.empty() ? 1 : 0;
  std::printf(
      "\n%zu mutants, %zu trials; %zu of %zu scenarios kill at least one, %zu say why they "
      "cannot\n",
      mutants.size(), trials.size(), scenarios->size() - none, scenarios->size(), none);
  std::printf("%zu passed, %zu failed, 0 skipped\n",
              mutants.size() - std::min(failed, mutants.size()), failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace terapi::conformance
