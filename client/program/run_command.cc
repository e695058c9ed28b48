// terapi-sync run.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <utility>

#include "client/program/console.h"
#include "client/program/program.h"
#include "client/program/ready_file.h"
#include "client/program/run_json.h"
#include "client/program/sync_flags.h"
#include "client/program/sync_process.h"

namespace terapi::client {
namespace {

core::Result<SyncSettings> settings_of_run(const std::vector<std::string>& arguments) {
  SyncFlags values;
  core::Flags flags;
  values.add_to(flags);
  const auto rest = flags.parse(arguments);
  if (!rest) return rest.error();
  if (!rest->empty()) {
    return core::Error{"bad_usage", "unexpected '" + rest->front() + "'; see --help"};
  }
  return settings_from(values, SyncEnvironment::of_process());
}

// A database that hangs must not keep the process. What is stored is whole at any moment.
void end_within_a_second(int exit_code, std::function<void()> before) {
  std::thread([exit_code, before = std::move(before)] {
    std::this_thread::sleep_for(std::chrono::milliseconds(900));
    before();
    std::_Exit(exit_code);
  }).detach();
}

core::Result<void> announce(const ReadyFile& ready, bool as_json) {
  if (as_json) return print_out(ready_line(ready));
  if (ready.webhook_url.empty() && ready.metrics_url.empty()) return {};
  std::string line = "terapi-sync ready";
  if (!ready.webhook_url.empty()) line += " webhooks=" + ready.webhook_url;
  if (!ready.metrics_url.empty()) line += " metrics=" + ready.metrics_url;
  return print_out(line + "\n");
}

}  // namespace

int run_sync(const std::vector<std::string>& arguments) {
  const std::string name = "terapi-sync run";
  auto settings = settings_of_run(arguments);
  if (!settings) return report(name, settings.error().code, settings.error().message);
  const std::string ready_file = settings->ready_file;
  const bool once = settings->options.once;
  const bool as_json = settings->json;
  auto process =
      SyncProcess::start(*std::move(settings), Console::of_stderr(), Console::stderr_redraws());
  if (!process) return report(name, process.error().code, process.error().message);
  const ReadyFile ready{(*process)->webhook_url(), (*process)->metrics_url()};
  const auto take_back = [ready, ready_file] {
    if (!ready_file.empty()) ready.remove(ready_file);
  };
  (*process)->loop().on_signals({SIGINT, SIGTERM}, [&](int) {
    end_within_a_second(once ? 1 : 0, take_back);  // a job that was not done
    (*process)->stop();
  });
  if (!ready_file.empty()) {
    const auto written = ready.write(ready_file);
    if (!written) return report(name, written.error().code, written.error().message);
  }
  auto announced = announce(ready, as_json);
  const int exit_code = announced ? (*process)->run() : 0;
  take_back();
  if (announced && as_json) announced = print_out(ended_line(exit_code, (*process)->progress()));
  return announced ? exit_code : report(name, announced.error().code, announced.error().message);
}

}  // namespace terapi::client
