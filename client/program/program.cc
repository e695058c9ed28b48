#include "client/program/program.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "client/program/figures.h"
#include "client/program/read_flags.h"
#include "client/program/sync_flags.h"
#include "core/nearest.h"
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
    "  terapi-sync [COMMAND] --help | --version\n";

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

void print_all_help() {
  std::printf("%s\n\n%s\nFlags of run:\n%s\n%s\n%s", kPurpose, kUsage, flags_of("run").c_str(),
              kExample, kExitCodes);
}

int print_help(const std::string& command) {
  if (command.empty()) {
    print_all_help();
  } else {
    std::printf("%s\n\nFlags of %s:\n%s\n%s", kPurpose, command.c_str(), flags_of(command).c_str(),
                kExitCodes);
  }
  return 0;
}

bool asks_for_help(const std::vector<std::string>& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::any_of(arguments.begin(), end, [](const std::string& argument) {
    return argument == "--help" || argument == "-h";
  });
}

}  // namespace

int report(const std::string& program, const std::string& code, const std::string& message) {
  static const std::set<std::string> kInput = {"bad_usage",     "bad_host",      "no_file",
                                               "bad_store_url", "no_database",   "store_foreign",
                                               "store_too_new", "unknown_stream"};
  std::fprintf(stderr, "%s: %s\n", program.c_str(), printable(message).c_str());
  return kInput.contains(code) ? 2 : 1;
}

int run_program(const std::vector<std::string>& arguments) {
  const std::string first = arguments.empty() ? "" : arguments.front();
  if (first.empty()) {
    std::fprintf(stderr, "terapi-sync: no command; expected one of:\n\n%s", kUsage);
    return 2;
  }
  if (first == "--help" || first == "-h" || first == "help") return print_help("");
  if (first == "--version" || first == "version") {
    std::printf("terapi-sync %.*s\n%s\n", static_cast<int>(core::kVersion.size()),
                core::kVersion.data(), kPurpose);
    return 0;
  }
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  const bool known = first == "run" || first == "dump" || first == "status";
  if (known && asks_for_help(rest)) return print_help(first);
  if (first == "run") return run_sync(rest);
  if (first == "dump") return run_dump(rest);
  if (first == "status") return run_status(rest);
  return report("terapi-sync", "bad_usage",
                "unknown command '" + first + "'" +
                    core::suggestion(first, {"run", "dump", "status", "--help", "--version"}));
}

}  // namespace terapi::client
