// terapi-conformance reference: our own simulator and client, every scenario, in both worlds.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "conformance/program/jobs.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/judge_run.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"

namespace terapi::conformance {

int run_reference_mode(const std::vector<std::string>& arguments) {
  JudgeFlags judge;
  std::string world = "both";
  bool help = false;
  core::Flags flags;
  flags.choice("world", {"both", "virtual", "http"}, "only in virtual time, or only over HTTP",
               world);
  flags.toggle("help", "this text", help);
  judge.add_to(flags, "reference");
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    std::printf("terapi-conformance reference [FLAGS]\n\n%s\n", flags.help().c_str());
    return 0;
  }
  if (!rest->empty()) return refuse("reference takes no '" + rest->front() + "'");
  auto scenarios = load_scenarios(judge.scenarios);
  if (!scenarios) return refuse(scenarios.error().message);
  auto left_out = judge.narrow(*scenarios);
  if (!left_out) return refuse(left_out.error().message);

  JudgeRun run;
  run.mode = "reference";
  run.subject = "terapi-simulator and terapi-sync";
  run.rerun = "terapi-conformance reference";
  run.jobs = kClientsAtOnce;
  run.judges_servers = true;
  run.filter = judge.filter;
  run.left_out = *std::move(left_out);
  const ProcessClientOptions commands = reference_commands();
  std::vector<JudgeJob> jobs;
  // What is not played in a world, by its nature, is no job there: it would only be noise.
  for (const Scenario& scenario : *scenarios) {
    if (world != "http" && scenario.in_virtual) {
      jobs.push_back(reference_job(scenario, judge, "virtual", commands));
    }
  }
  for (const Scenario& scenario : *scenarios) {
    if (world != "virtual" && scenario.over_http) {
      jobs.push_back(reference_job(scenario, judge, "http", commands));
    }
  }
  return run.run(jobs, judge);
}

}  // namespace terapi::conformance
