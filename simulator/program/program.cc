#include "simulator/program/program.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <set>

#include "core/json_writer.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "core/standard_output.h"
#include "core/terminal_color.h"
#include "core/version.h"
#include "simulator/program/serve_flags.h"

namespace terapi::simulator {
namespace {

constexpr const char* kScope =
    "simulates: records with cursors and pruning, integrations, connections, background syncs and\n"
    "  the external APIs behind them, actions, the proxy, signed webhooks with retry, faults,\n"
    "  virtual time\n"
    "does not simulate: OAuth (credentials are kept as they are given), custom code of syncs\n";

std::string version_json() {
  core::json::Writer out;
  out.begin_object().field("program", "terapi-simulator").field("version", core::kVersion);
  return out.end_object().take();
}

void print_help() {
  ServeFlags defaults;
  core::Flags flags;
  defaults.add_to(flags);
  std::printf(
      "terapi-simulator: a local Terapi, for developing and testing against\n\n"
      "  terapi-simulator [serve] [FLAGS]           serve until SIGINT or SIGTERM\n"
      "  terapi-simulator exec [FLAGS] -- COMMAND…  serve while COMMAND runs; it gets "
      "TERAPI_BASE_URL,\n"
      "                                             TERAPI_SECRET_KEY and TERAPI_SIGNING_KEY\n"
      "  terapi-simulator ready --wait 10s [--url URL]   wait until one serves\n"
      "  terapi-simulator validate FILE…            check world files, and project files\n"
      "  terapi-simulator --help | --version [--json]\n\n"
      "Flags of serve and exec:\n%s\n"
      "Exit codes: 0 done, 1 failed, 2 wrong usage or input.\n",
      flags.help().c_str());
}

int run_command(const std::vector<std::string>& arguments) {
  const std::string first = arguments.empty() ? "serve" : arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_help();
    return 0;
  }
  if (first == "--version" || first == "version") {
    if (arguments.size() == 2 && arguments[1] == "--json") {
      std::printf("%s\n", version_json().c_str());
      return 0;
    }
    std::printf("terapi-simulator %.*s\n%s", static_cast<int>(core::kVersion.size()),
                core::kVersion.data(), kScope);
    return 0;
  }
  const bool named = !arguments.empty() && !first.starts_with("-");
  const std::vector<std::string> rest(arguments.begin() + (named ? 1 : 0), arguments.end());
  if (first == "ready") return run_ready(rest);
  if (first == "validate") return run_validate(rest);
  for (const std::string& argument : rest) {
    if (argument == "--") break;
    if (argument == "--help") {
      print_help();
      return 0;
    }
  }
  if (!named || first == "serve") return run_serve(rest);
  if (first == "exec") return run_exec(rest);
  return report("terapi-simulator", "bad_usage",
                "unknown command '" + first + "'" +
                    core::suggestion(first, {"serve", "exec", "ready", "validate"}));
}

}  // namespace

int report(const std::string& program, const std::string& code, const std::string& message) {
  static const std::set<std::string> kInput = {
      "bad_usage", "bad_world", "bad_project", "bad_key",  "bad_load",        "bad_record",
      "bad_file",  "no_file",   "bad_host",    "bad_json", "unknown_dialect", "output_failed"};
  // It may name what came from a file or a server.
  const std::string safe = core::printable(message, core::LineBreaks::kKeep);
  const std::string who =
      core::painted(core::color_wanted(STDERR_FILENO), core::Paint::kBad, program + ":");
  std::fprintf(stderr, "%s %s%s", who.c_str(), safe.c_str(), safe.ends_with('\n') ? "" : "\n");
  return kInput.contains(code) || code.starts_with("data_") ? 2 : 1;
}

int report(const std::string& program, const core::Error& error) {
  return report(program, error.code, error.message);
}

void tell_project(const project::ProjectUse& use, bool as_json) {
  const std::string notice = use.notice();
  if (notice.empty()) return;
  if (!as_json) {
    report("terapi-simulator", "", notice);
    return;
  }
  const LogEntry entry{
      .at = std::chrono::time_point_cast<core::Duration>(std::chrono::system_clock::now()),
      .level = use.file ? LogLevel::kInfo : LogLevel::kWarning,
      .event = "project",
      .message = notice,
      .fields = {}};
  std::fprintf(stderr, "%s\n", log_json(entry).c_str());
}

int run_program(const std::vector<std::string>& arguments) {
  const int code = run_command(arguments);
  // A command that `exec` ran has its own code, and prints for itself.
  if (!arguments.empty() && arguments.front() == "exec") return code;
  return core::exit_code_with_output("terapi-simulator", code);
}

}  // namespace terapi::simulator
