// terapi-conformance client: judges any sync client, as a process, over HTTP.
#include <cstdio>
#include <memory>
#include <utility>

#include "conformance/harness/play/play_scenario.h"
#include "conformance/harness/stage/process_client_stage.h"
#include "conformance/program/jobs.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/judge_run.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"

namespace terapi::conformance {
namespace {

void print_client_help(const core::Flags& flags) {
  std::printf(
      "terapi-conformance client --run 'COMMAND' [--dump 'COMMAND'] [FLAGS]\n\n"
      "Starts COMMAND in each scenario, with these variables in its environment:\n"
      "  TERAPI_BASE_URL       the server to sync from\n"
      "  TERAPI_SECRET_KEY     for Authorization: Bearer\n"
      "  TERAPI_SIGNING_KEY    webhooks are signed with it\n"
      "  TERAPI_WEBHOOK_PORT   listen on 127.0.0.1 there: POST /webhooks\n"
      "  TERAPI_STATE_DIR      the only folder that survives a kill\n"
      "  TERAPI_POLL_MS        how often to look without a webhook\n"
      "  TERAPI_LIMIT          records of a page\n"
      "  TERAPI_STREAMS        INTEGRATION/CONNECTION/MODEL, separated by spaces\n"
      "  TERAPI_DIALECT        terapi or nango\n"
      "The dump command gets the same and prints what is stored, one JSON object per line;\n"
      "without it, the wire alone is judged.\n\n%s\n",
      flags.help().c_str());
}

}  // namespace

int run_client_mode(const std::vector<std::string>& arguments) {
  JudgeFlags judge;
  ProcessClientOptions commands;
  bool help = false;
  core::Flags flags;
  flags.text("run", "COMMAND", "the client under test", commands.run);
  flags.text("dump", "COMMAND", "prints what it has stored", commands.dump);
  flags.toggle("help", "this text", help);
  judge.add_to(flags, "client");
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    print_client_help(flags);
    return 0;
  }
  if (!rest->empty())
    return refuse("'" + rest->front() + "' is not a flag; quote the command: --run 'COMMAND'");
  if (commands.run.empty()) return refuse("--run is missing; expected the command of the client");
  auto scenarios = load_scenarios(judge.scenarios);
  if (!scenarios) return refuse(scenarios.error().message);
  auto left_out = judge.narrow(*scenarios);
  if (!left_out) return refuse(left_out.error().message);

  JudgeRun run;
  run.mode = "client";
  run.subject = commands.run;
  run.rerun = "terapi-conformance client --run " + shell_word(commands.run) +
              (commands.dump.empty() ? "" : " --dump " + shell_word(commands.dump));
  run.jobs = kClientsAtOnce;
  run.filter = judge.filter;
  run.left_out = *std::move(left_out);
  const auto learnt = std::make_shared<VainWaits>();
  std::vector<JudgeJob> jobs;
  for (const Scenario& scenario : *scenarios) {
    if (scenario.judges != Subject::kClient) continue;
    jobs.push_back(client_job_over_http(scenario, judge, commands, commands.run, learnt));
  }
  if (commands.dump.empty()) {
    std::printf(
        "Without --dump the wire alone is judged: what the client asked for and was given, not\n"
        "what it stored. Lost deletes, stale overwrites and altered payloads do not show.\n\n");
  }
  return run.run(jobs, judge);
}

}  // namespace terapi::conformance
