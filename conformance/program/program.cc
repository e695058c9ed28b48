#include "conformance/program/program.h"

#include <unistd.h>

#include <cstdio>
#include <functional>
#include <utility>

#include "conformance/harness/process/live_folders.h"
#include "conformance/program/judge_flags.h"
#include "core/check.h"
#include "core/json_writer.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "core/standard_output.h"
#include "core/terminal_color.h"
#include "core/version.h"

namespace terapi::conformance {
namespace {

struct Mode {
  std::string name;
  std::string usage;
  std::string what;
  std::function<int(const std::vector<std::string>&)> run;
  // False: it wants our own simulator and client as fast as they are for users.
  bool checks_invariants = true;
};

const std::vector<Mode>& modes() {
  static const std::vector<Mode> kModes = {
      {"server", "--base-url URL --secret-key KEY",
       "judge a server; with --control-url URL, all of it", run_server_mode},
      {"client", "--run 'COMMAND' [--dump 'COMMAND']", "judge a sync client, in any language",
       run_client_mode},
      {"init", "[--run 'COMMAND']", "write terapi.json, in which the commands stand from then on",
       run_init_mode},
      {"reference", "", "judge our own simulator and client, in both worlds", run_reference_mode},
      {"mutants", "", "judge clients and servers with known defects: the kill matrix",
       run_mutants_mode},
      {"otherwise", "--base-url URL",
       "a right server that chooses otherwise, in front of yours: no judge may accuse it",
       run_otherwise_mode},
      {"explore", "--for 60s [--save DIR]",
       "schedules that nobody thought of: find those that fail, and shrink them", run_explore_mode},
      {"measure", "--run 'COMMAND' [--dump 'COMMAND']",
       "how fast a sync client is, beside the reference client", run_measure_mode, false},
      {"subject", "[--mutant ID] [dump]",
       "a client for `client --run`: ours, with a defect if you like", run_subject_mode},
      {"list", "[--clauses]", "the scenarios, or the clauses and what checks them", run_list_mode},
      {"explain", "ID", "a clause, an invariant, a scenario or a mutant", run_explain_mode},
      {"validate", "FILE…", "check scenario files and terapi.json: line and column of each mistake",
       run_validate_mode},
  };
  return kModes;
}

void print_usage(std::FILE* to) {
  std::fprintf(to, "terapi-conformance: does this server, or this client, keep the contract?\n\n");
  for (const Mode& mode : modes()) {
    const std::string call = mode.name + (mode.usage.empty() ? "" : " " + mode.usage);
    std::fprintf(to, "  terapi-conformance %-44s  %s\n", call.c_str(), mode.what.c_str());
  }
  JudgeFlags judge;
  core::Flags flags;
  judge.add_to(flags, "client");
  std::fprintf(
      to,
      "\nFlags of every mode that judges:\n%s\n"
      "`terapi-conformance MODE --help` lists a mode's own flags.\n"
      "Verdicts: PASS, FAIL, WARN (a SHOULD), INFO, SKIP, INCONCLUSIVE (a fault never struck), "
      "ERROR.\n"
      "Exit codes: 0 pass, 1 fail, 2 wrong usage or an error of the judge itself, 3 "
      "inconclusive.\n",
      flags.help().c_str());
}

int run_mode(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    print_usage(stderr);
    return 2;
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_usage(stdout);
    return 0;
  }
  if (first == "--version" || first == "version") {
    if (arguments.size() == 2 && arguments[1] == "--json") {
      core::json::Writer out;
      out.begin_object().field("program", "terapi-conformance").field("version", core::kVersion);
      std::printf("%s\n", out.end_object().take().c_str());
      return 0;
    }
    std::printf(
        "terapi-conformance %.*s\n"
        "judges: records and their pruning, webhooks, background syncs, connections, actions, the\n"
        "  proxy; sync clients, in any language\n"
        "`terapi-conformance list --clauses` says which clauses nothing judges, and why\n",
        static_cast<int>(core::kVersion.size()), core::kVersion.data());
    return 0;
  }
  std::vector<std::string> names;
  for (const Mode& mode : modes()) {
    if (mode.name == first) {
      // A subject is a client: it ends as clients do. Who explores tells what was found.
      if (first != "subject" && first != "explore") end_when_interrupted();
      // Of the client and the simulator that are played in process.
      if (mode.checks_invariants) core::always_check_invariants();
      return mode.run({arguments.begin() + 1, arguments.end()});
    }
    names.push_back(mode.name);
  }
  return refuse("unknown mode '" + first + "'" + core::suggestion(first, names));
}

}  // namespace

int refuse(const std::string& message) {
  // It may name what came from a file or a server.
  const std::string safe = core::printable(message, core::LineBreaks::kKeep);
  const std::string who =
      core::painted(core::color_wanted(STDERR_FILENO), core::Paint::kBad, "terapi-conformance:");
  std::fprintf(stderr, "%s %s%s", who.c_str(), safe.c_str(), safe.ends_with('\n') ? "" : "\n");
  return 2;
}

void tell_project(const project::ProjectUse& use) {
  const std::string notice = use.notice();
  if (!notice.empty()) refuse(notice);
}

int run_program(const std::vector<std::string>& arguments) {
  const int code = run_mode(arguments);
  // A judgement that nobody can read is none.
  return core::exit_code_with_output("terapi-conformance", code);
}

}  // namespace terapi::conformance
