// terapi-simulator serve.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>

#include "core/standard_output.h"
#include "core/terminal_color.h"
#include "simulator/program/lifeline.h"
#include "simulator/program/program.h"
#include "simulator/program/ready_file.h"
#include "simulator/program/server_process.h"
#include "simulator/records/timestamp.h"

namespace terapi::simulator {
namespace {

void print_curl(const ServerProcess& process, const std::string& parameter) {
  std::printf(
      "  curl -G %s/records \\\n"
      "    --header 'Authorization: Bearer %s' \\\n"
      "    --header 'Provider-Config-Key: github' \\\n"
      "    --header 'Connection-Id: demo' \\\n"
      "    --data-urlencode 'model=Issue' \\\n"
      "    --data-urlencode '%s'\n\n",
      process.base_url().c_str(), process.secret_key().c_str(), parameter.c_str());
}

// A day before the records that it starts with, on the clock that they have their times from.
Time since_when(const ServeFlags& flags) {
  const Time now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  const Time start = flags.start.value_or(core::VirtualClock::start_of_time());
  return (flags.clock == "virtual" ? start : now) - std::chrono::hours(24);
}

void print_hints(const ServerProcess& process, const ServeFlags& flags) {
  const bool color = core::color_wanted(STDOUT_FILENO);
  const auto heading = [color](const char* text) {
    std::printf("%s\n\n", core::painted(color, core::Paint::kStrong, text).c_str());
  };
  std::printf("\n%s\n\n", process.summary().c_str());
  heading("What changed since a time (the guide's first command):");
  print_curl(process, "modified_after=" + format_millis(since_when(flags)));
  const std::string cursor = process.example_cursor();
  if (!cursor.empty()) {
    heading("What changed since the record you stored last (the guide's second command):");
    print_curl(process, "cursor=" + cursor);
  }
  if (flags.clock == "virtual") {
    heading("Time stands still. Let everything that is due happen:");
    std::printf("  curl -X POST %s/_simulator/clock/run-until-idle\n\n",
                process.base_url().c_str());
  }
  std::printf(
      "The page, to see and change what goes on: %s/_simulator/\n"
      "Syncs that wait to be enabled there: %s\n"
      "Stop: Ctrl-C\n\n",
      process.base_url().c_str(), process.syncs_off().c_str());
}

}  // namespace

int run_serve(const std::vector<std::string>& arguments) {
  const std::string name = "terapi-simulator";
  ServeFlags options;
  const auto rest = options.read(arguments, ServeFlags::For::kServe);
  if (!rest) return report(name, rest.error());
  if (!rest->empty()) {
    return report(name, "bad_usage", "unexpected '" + rest->front() + "'; see --help");
  }
  if (options.json && options.hints) {
    return report(name, "bad_usage", "--hints are for people, and --json is not; give one of them");
  }
  tell_project(options.project, options.log_format == "json");
  // Before any file is opened, which could get that number.
  const auto lifeline = Lifeline::on(options.stop_with_fd);
  if (!lifeline) return report(name, lifeline.error().code, lifeline.error().message);
  auto process = ServerProcess::start(options);
  if (!process) return report(name, options.project.placed(process.error()));
  const auto watch = lifeline->watch((*process)->loop(), [&] { (*process)->stop(); });
  (*process)->loop().on_signals({SIGINT, SIGTERM}, [&](int) { (*process)->stop(); });
  const auto ready_file = ReadyFile::write(options.ready_file, **process);
  if (!ready_file) return report(name, ready_file.error().code, ready_file.error().message);
  if (options.json) {
    std::printf("%s\n", ReadyFile::text_for(**process).c_str());
  } else {
    std::printf("terapi-simulator ready base_url=%s secret_key=%s\n",
                (*process)->base_url().c_str(), (*process)->secret_key().c_str());
  }
  if (options.hints) print_hints(**process, options);
  // Whoever waits for that line would wait for ever.
  const auto printed = core::flush_output();
  if (!printed) return report(name, printed.error().code, printed.error().message);
  (*process)->run();
  return 0;
}

}  // namespace terapi::simulator
