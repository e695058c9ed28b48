// terapi-conformance mutants: clients and servers with known defects, which the suite must fail:
// each by the scenarios that name it. The kill matrix.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <utility>

#include "conformance/harness/mutants/client_mutant.h"
#include "conformance/harness/mutants/server_mutant.h"
#include "conformance/program/jobs.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/judge_run.h"
#include "conformance/program/program.h"
#include "conformance/program/quick_choice.h"
#include "conformance/program/scenario_set.h"
#include "conformance/report/console_report.h"
#include "conformance/report/console_style.h"
#include "core/shell_word.h"

namespace terapi::conformance {
namespace {

struct KnownMutant {
  std::string id;
  std::string defect;
  std::string clause;
  Subject subject = Subject::kClient;
};

std::vector<KnownMutant> known_mutants(const std::string& filter) {
  std::vector<KnownMutant> mutants;
  for (const ClientMutant& mutant : client_mutants()) {
    mutants.push_back({std::string(mutant.id), std::string(mutant.defect),
                       std::string(mutant.clause), Subject::kClient});
  }
  for (const ServerMutant& mutant : server_mutants()) {
    mutants.push_back({std::string(mutant.id), std::string(mutant.defect),
                       std::string(mutant.clause), Subject::kServer});
  }
  if (!filter.empty()) {
    std::erase_if(mutants, [&](const KnownMutant& mutant) { return !fits(filter, mutant.id); });
  }
  return mutants;
}

// The reference client with that defect, as a process.
ProcessClientOptions subject_commands(const std::string& mutant) {
  const std::string program = "exec " + core::shell_word(program_folder() + "/terapi-conformance");
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

// One mutant against one scenario.
struct Trial {
  const Scenario* scenario = nullptr;
  bool named = false;  // the scenario says that it fails it
  JudgeJob job;
};

struct TrialOptions {
  bool all = false;        // every scenario, not only those that name the mutant
  bool over_http = false;  // the clients as processes
};

std::vector<Trial> trials_of(const KnownMutant& mutant, const std::vector<Scenario>& scenarios,
                             const JudgeFlags& flags, const TrialOptions& options) {
  std::vector<Trial> trials;
  for (const Scenario& scenario : scenarios) {
    if (scenario.judges != mutant.subject) continue;
    // What is played over HTTP only is, whichever world was asked for: somebody has to kill it.
    const bool http = mutant.subject == Subject::kClient && scenario.over_http &&
                      (options.over_http || !scenario.in_virtual);
    if (!http && !scenario.in_virtual) continue;
    const bool named =
        std::find(scenario.kills.begin(), scenario.kills.end(), mutant.id) != scenario.kills.end();
    if (!named && !options.all) continue;
    trials.push_back({&scenario, named, job_of(mutant, scenario, flags, http)});
  }
  return trials;
}

bool killed(const Scenario& scenario, const ScenarioResult& result) {
  const bool warns = scenario.level != ScenarioLevel::kMust;
  return result.verdict == Verdict::kFail || (warns && result.verdict == Verdict::kWarn);
}

// Plays the mutant's trials. It passes when every scenario that names it fails it; what it says has
// a line for each of them: "what" is the scenario, "actual" what came of it.
ScenarioResult try_mutant(const KnownMutant& mutant, const std::vector<Trial>& trials,
                          const JudgeFlags& flags) {
  ScenarioResult result;
  result.title = mutant.defect;
  result.clauses = {mutant.clause};
  result.subject = mutant.subject == Subject::kClient ? "reference client" : "terapi-simulator";
  result.verdict = Verdict::kPass;
  result.seed = flags.seed;
  result.rerun = "terapi-conformance mutants --mutant " + mutant.id + flags.rerun_flags();
  bool named = false;
  for (const Trial& trial : trials) {
    named = named || trial.named;
    const ScenarioResult of_trial = trial.job.play();
    const bool dead = killed(*trial.scenario, of_trial);
    result.elapsed += of_trial.elapsed;
    if (!dead && !trial.named) continue;
    if (!dead) result.verdict = Verdict::kFail;
    result.findings.push_back(
        {dead ? Verdict::kInfo : Verdict::kFail,
         mutant.clause,
         "",
         trial.scenario->id + (trial.named ? "" : " (not named)"),
         "that it fails the mutant",
         dead ? first_finding(of_trial)
              : "survived: " + std::string(to_string(of_trial.verdict)) + " " + of_trial.reason,
         {}});
  }
  if (!named) {
    result.verdict = Verdict::kFail;
    result.findings.insert(result.findings.begin(), {Verdict::kFail,
                                                     mutant.clause,
                                                     "",
                                                     "no scenario names it",
                                                     "one that fails it",
                                                     "none",
                                                     {}});
  }
  return result;
}

// A mutant that a scenario names and that there is not.
JudgeJob stranger(const std::string& id, const Scenario& scenario) {
  JudgeJob job{id, "virtual", nullptr, scenario.file};
  job.play = [&scenario] {
    ScenarioResult result;
    result.verdict = Verdict::kFail;
    result.reason = "there is no such mutant, and " + scenario.id + " names it";
    return result;
  };
  return job;
}

std::vector<JudgeJob> strangers_in(const std::vector<Scenario>& scenarios) {
  std::vector<JudgeJob> jobs;
  for (const Scenario& scenario : scenarios) {
    for (const std::string& id : scenario.kills) {
      const bool known = scenario.judges == Subject::kClient ? find_client_mutant(id) != nullptr
                                                             : find_server_mutant(id) != nullptr;
      if (!known) jobs.push_back(stranger(id, scenario));
    }
  }
  return jobs;
}

// A row for each mutant, with the scenarios that fail it, and those that should and do not.
class KillMatrix : public LiveReport {
 public:
  // What there is to be said at its end, of scenarios and trials. `kills` may be null: what each
  // scenario kills goes there.
  KillMatrix(std::string totals, Kills* kills) : totals_(std::move(totals)), kills_(kills) {}

  void begin(std::size_t /*total*/) override {}
  void start(std::string_view /*scenario*/, std::string_view /*world*/) override {}

  void end(const ScenarioResult& result) override {
    const char* word = result.verdict == Verdict::kPass   ? "killed  "
                       : result.verdict == Verdict::kSkip ? "SKIPPED "
                       : result.title.empty()             ? "UNKNOWN "
                                                          : "SURVIVED";
    std::printf(
        "%s %-34s %s\n", word, result.scenario.c_str(),
        printable(result.title + (result.title.empty() || result.reason.empty() ? "" : ": ") +
                  result.reason)
            .c_str());
    for (const Finding& finding : result.findings) {
      if (kills_ != nullptr && finding.verdict == Verdict::kInfo) {
        (*kills_)[finding.what.substr(0, finding.what.find(' '))].insert(result.scenario);
      }
      std::printf("    %s %s\n        %s\n", finding.verdict == Verdict::kInfo ? "✔" : "✘",
                  printable(finding.what).c_str(), printable(finding.actual).c_str());
    }
    std::fflush(stdout);
  }

  void finish(const RunSummary& run) override {
    std::printf("\n%s\n%s%s\n", totals_.c_str(), render_difference(run).c_str(),
                closing_line(count(run.results)).c_str());
  }

 private:
  std::string totals_;
  Kills* kills_;
};

std::string totals_of(std::size_t mutants, std::size_t trials,
                      const std::vector<Scenario>& scenarios) {
  std::size_t none = 0;
  for (const Scenario& scenario : scenarios) none += scenario.kills.empty() ? 1 : 0;
  return std::to_string(mutants) + " mutants, " + std::to_string(trials) + " trials; " +
         std::to_string(scenarios.size() - none) + " of " + std::to_string(scenarios.size()) +
         " scenarios kill at least one, " + std::to_string(none) + " say why they cannot";
}

int judge_mutants(const std::vector<KnownMutant>& mutants, const std::vector<Scenario>& scenarios,
                  const JudgeFlags& flags, const TrialOptions& options, bool part, Kills* kills) {
  std::vector<JudgeJob> jobs;
  std::size_t count = 0;
  for (const KnownMutant& mutant : mutants) {
    std::vector<Trial> trials = trials_of(mutant, scenarios, flags, options);
    count += trials.size();
    const bool http = options.over_http && mutant.subject == Subject::kClient;
    jobs.push_back(
        {mutant.id, http ? "http" : "virtual", [mutant, trials = std::move(trials), &flags] {
           return try_mutant(mutant, trials, flags);
         }});
  }
  for (JudgeJob& job : strangers_in(scenarios)) jobs.push_back(std::move(job));
  KillMatrix matrix(totals_of(mutants.size(), count, scenarios), kills);
  JudgeRun run;
  run.mode = "mutants";
  run.subject = "clients and servers with known defects";
  // Most trials are computing, but those that only exist over HTTP wait most of the time.
  run.jobs = kClientsAtOnce;
  run.part = part;
  run.live = &matrix;
  return run.run(jobs, flags);
}

// Chooses what --quick plays, by what was killed.
int choose_quick(const Kills& kills, const std::string& file, const std::string& costs,
                 double budget) {
  std::map<std::string, double> seconds;
  if (!costs.empty()) {
    auto read = costs_in_report(costs);
    if (!read) return refuse(read.error().message);
    seconds = *std::move(read);
  }
  const QuickChoice choice = choose_quick_scenarios(kills, seconds, budget);
  const std::string how = choice.told();
  std::printf("%s\n", how.c_str());
  std::ofstream out(file, std::ios::binary);
  out << quick_file(choice.scenarios, how);
  if (!out.flush()) return refuse("--choose-quick: " + file + " cannot be written");
  return 0;
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
  std::string quick;
  std::string costs;
  std::uint64_t budget = 60;
  flags.text("choose-quick", "FILE", "with --all: writes what `client --quick` plays", quick);
  flags.text("costs", "REPORT.json", "of `client`, by which to choose: what each scenario takes",
             costs);
  flags.number("budget", "SECONDS", "of those, for all that is chosen", {.least = 1, .most = 3600},
               budget);
  flags.toggle("help", "this text", help);
  judge.add_to(flags, "mutants");
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
  std::vector<KnownMutant> mutants = known_mutants(only);
  if (mutants.empty()) return refuse("no mutant fits '" + only + "'");

  if (!quick.empty()) {
    if (!all) return refuse("--choose-quick needs --all: what every scenario kills");
    // A right client, too, may be warned by what is a SHOULD: that says nothing of a mutant.
    std::erase_if(*scenarios, [](const Scenario& s) {
      return s.judges != Subject::kClient || s.level != ScenarioLevel::kMust || s.thorough ||
             !s.in_virtual || !s.over_http;
    });
    std::erase_if(mutants, [](const KnownMutant& m) { return m.subject != Subject::kClient; });
  }
  Kills kills;
  const int code =
      judge_mutants(mutants, *scenarios, judge, {all, world == "http"}, !only.empty(), &kills);
  // Mutants that only other scenarios kill have survived these: that is no matter here.
  if (quick.empty() || code == 2) return code;
  return choose_quick(kills, quick, costs, static_cast<double>(budget));
}

}  // namespace terapi::conformance
