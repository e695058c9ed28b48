// terapi-conformance client: judges any sync client, as a process, over HTTP.
#include <algorithm>
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
#include "core/shell_word.h"

namespace terapi::conformance {
namespace {

// The client is the project file's as a whole or in part: a command that stands in it runs in its
// folder.
void set_folders(ProcessClientOptions& commands, const project::ProjectUse& project) {
  if (project.has("client.run")) commands.folder = project.file->folder();
  if (project.has("client.dump")) commands.dump_folder = project.file->folder();
}

// Of what the project file picks, each has to be there: a slip of the pen would leave out what it
// meant. Empty: all are.
std::string globs_without_scenario(const project::ProjectUse& project,
                                   const std::vector<Scenario>& scenarios) {
  std::string lines;
  if (!project.has("filter") && !project.has("skip")) return lines;
  for (const project::ProjectGlob& glob : project.file->globs()) {
    const bool found =
        std::any_of(scenarios.begin(), scenarios.end(), [&](const Scenario& scenario) {
          return scenario.judges == Subject::kClient && fits(glob.glob, scenario.id);
        });
    if (found) continue;
    if (!lines.empty()) lines += '\n';
    lines += project.file->place(glob.offset) + ": no scenario of a client fits '" + glob.glob +
             "'; `terapi-conformance list` shows them";
  }
  return lines;
}

void print_client_help(const core::Flags& flags) {
  std::printf(
      "terapi-conformance client --run 'COMMAND' [--dump 'COMMAND'] [FLAGS]\n"
      "terapi-conformance client [FLAGS]             the commands are those of terapi.json\n\n"
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
  const auto applied = judge.apply_project(flags, arguments);
  if (!applied) return refuse(applied.error().message);
  set_folders(commands, judge.project);
  if (commands.run.empty()) {
    return refuse(
        "--run is missing; expected the command of the client, here or as client.run in "
        "terapi.json "
        "(`terapi-conformance init` writes one)");
  }
  auto scenarios = judge.load();
  if (!scenarios) return refuse(scenarios.error().message);
  const std::string unknown = globs_without_scenario(judge.project, *scenarios);
  if (!unknown.empty()) return refuse(unknown);
  auto left_out = judge.narrow(*scenarios);
  if (!left_out) return refuse(left_out.error().message);

  JudgeRun run;
  run.mode = "client";
  run.subject = commands.run;
  run.rerun = "terapi-conformance client";
  if (commands.folder.empty()) run.rerun += " --run " + core::shell_word(commands.run);
  if (!commands.dump.empty() && commands.dump_folder.empty()) {
    run.rerun += " --dump " + core::shell_word(commands.dump);
  }
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
