// terapi-simulator serve.
#include <unistd.h>
#include <csignal>
#include <cstdio>

#include "core/json_writer.h"
#include "core/replace_file.h"
#include "simulator/program/program.h"
#include "simulator/program/server_process.h"
#include "simulator/records/timestamp.h"

namespace terapi::simulator {
namespace {

core::Result<void> write_ready_file(const std::string& path, const ServerProcess& process) {
  core::json::Writer out;
  out.begin_object()
      .field("base_url", process.base_url())
      .field("control_url", process.base_url() + "/_simulator")
      .field("secret_key", process.secret_key())
      .field("signing_key", process.signing_key())
      .field("pid", getpid())
      .end_object();
  const core::Result<void> written = core::replace_file(path, out.take() + "\n");
  if (written) return {};
  return core::Error{written.error().code, "--ready-file: " + written.error().message};
}

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

void print_hints(const ServerProcess& process, bool virtual_time) {
  const Time yesterday =
      virtual_time ? core::VirtualClock::start_of_time()
                   : std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()) -
                         std::chrono::hours(24);
  std::printf("\n%s\n\nWhat changed since a time (the guide's first command):\n\n",
              process.summary().c_str());
  print_curl(process, "modified_after=" + format_millis(yesterday));
  const std::string cursor = process.example_cursor();
  if (!cursor.empty()) {
    std::printf("What changed since the record you stored last (the guide's second command):\n\n");
    print_curl(process, "cursor=" + cursor);
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
  core::Flags flags;
  options.add_to(flags);
  const auto rest = flags.parse(arguments);
  if (!rest) return report(name, rest.error().code, rest.error().message);
  if (!rest->empty()) {
    return report(name, "bad_usage", "unexpected '" + rest->front() + "'; see --help");
  }
  auto process = ServerProcess::start(options);
  if (!process) return report(name, process.error().code, process.error().message);
  (*process)->loop().on_signals({SIGINT, SIGTERM}, [&](int) { (*process)->stop(); });
  if (!options.ready_file.empty()) {
    const auto written = write_ready_file(options.ready_file, **process);
    if (!written) return report(name, written.error().code, written.error().message);
  }
  std::printf("terapi-simulator ready base_url=%s secret_key=%s\n", (*process)->base_url().c_str(),
              (*process)->secret_key().c_str());
  if (options.hints) print_hints(**process, options.clock == "virtual");
  std::fflush(stdout);
  (*process)->run();
  return 0;
}

}  // namespace terapi::simulator
