#include "client/program/program.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>

#include "client/program/figures.h"
#include "client/program/read_flags.h"
#include "client/program/sync_flags.h"
#include "core/json_writer.h"
#include "core/nearest.h"
#include "core/terminal_color.h"
#include "core/version.h"

namespace terapi::client {
namespace {

constexpr const char* kPurpose =
    "terapi-sync: keeps a database in sync with the records of a Terapi API";

constexpr const char* kUsage =
    "  terapi-sync run    --base-url URL --database DB --stream STREAM… [FLAGS]\n"
    "                                         sync until SIGINT or SIGTERM, or --once\n"
    "  terapi-sync dump   --database DB [--stream STREAM…]\n"
    "                                         records as NDJSON on stdout, in cursor order\n"
    "  terapi-sync status --database DB [--json]\n"
    "                                         streams, counts, states, lag, cursors\n"
    "  terapi-sync [COMMAND] --help | --version [--json]\n";

constexpr const char* kExample =
    "For example:\n"
    "  export TERAPI_SECRET_KEY=…\n"
    "  terapi-sync run --base-url http://127.0.0.1:3003 --database sync.db \\\n"
    "    --stream github/demo/Issue --listen 127.0.0.1:8080\n";

constexpr const char* kExitCodes = "Exit codes: 0 done, 1 failed, 2 wrong usage or input.\n";

std::string flags_of(const std::string& command) {
  SyncFlags sync;
  ReadFlags read;
  core::Flags flags;
  if (command == "run") {
    sync.add_to(flags);
  } else if (command == "dump") {
    read.add_to(flags, ReadFlags::For::kDump);
  } else {
    read.add_to(flags, ReadFlags::For::kStatus);
  }
  return flags.help();
}

std::string help_of(const std::string& command) {
  const std::string purpose = std::string(kPurpose) + "\n\n";
  if (command.empty()) {
    return purpose + kUsage + "\nFlags of run:\n" + flags_of("run") + "\n" + kExample + "\n" +
           kExitCodes;
  }
  return purpose + "Flags of " + command + ":\n" + flags_of(command) + "\n" + kExitCodes;
}

// The exit code.
int print_or_report(const std::string& text) {
  const auto printed = print_out(text);
  return printed ? 0 : report("terapi-sync", printed.error().code, printed.error().message);
}

bool asks_for_help(const std::vector<std::string>& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::any_of(arguments.begin(), end, [](const std::string& argument) {
    return argument == "--help" || argument == "-h";
  });
}

}  // namespace

core::Result<void> print_out(const std::string& text) {
  errno = 0;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return {};
  return core::Error{"output_failed",
                     std::string("the output cannot be written: ") + std::strerror(errno)};
}

int report(const std::string& program, const std::string& code, const std::string& message) {
  static const std::set<std::string> kInput = {"bad_usage",     "bad_host",       "no_file",
                                               "bad_store_url", "no_database",    "store_foreign",
                                               "store_too_new", "unknown_stream", "output_failed"};
  const std::string who =
      core::painted(core::color_wanted(STDERR_FILENO), core::Paint::kBad, program + ":");
  std::fprintf(stderr, "%s %s\n", who.c_str(), printable(message).c_str());
  return kInput.contains(code) ? 2 : 1;
}

int run_program(const std::vector<std::string>& arguments) {
  const std::string first = arguments.empty() ? "" : arguments.front();
  if (first.empty()) {
    std::fprintf(stderr, "terapi-sync: no command; expected one of:\n\n%s", kUsage);
    return 2;
  }
  if (first == "--help" || first == "-h" || first == "help") return print_or_report(help_of(""));
  if (first == "--version" || first == "version") {
    if (arguments.size() == 2 && arguments[1] == "--json") {
      core::json::Writer out;
      out.begin_object().field("program", "terapi-sync").field("version", core::kVersion);
      return print_or_report(out.end_object().take() + "\n");
    }
    return print_or_report("terapi-sync " + std::string(core::kVersion) + "\n" + kPurpose + "\n");
  }
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  const bool known = first == "run" || first == "dump" || first == "status";
  if (known && asks_for_help(rest)) return print_or_report(help_of(first));
  if (first == "run") return run_sync(rest);
  if (first == "dump") return run_dump(rest);
  if (first == "status") return run_status(rest);
  return report("terapi-sync", "bad_usage",
                "unknown command '" + first + "'" +
                    core::suggestion(first, {"run", "dump", "status", "--help", "--version"}));
}

}  // namespace terapi::client
