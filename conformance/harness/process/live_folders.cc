#include "conformance/harness/process/live_folders.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "conformance/harness/process/child_process.h"

namespace terapi::conformance {
namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::pair<std::string, std::string>> folders;  // and variable and value
};

Registry& registry() {
  static auto* const kRegistry = new Registry;  // the waiting thread may outlive everything static
  return *kRegistry;
}

sigset_t interruptions() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  return set;
}

// One that is ignored stays so: `nohup` asks for that.
bool ignored(int number) {
  struct sigaction action {};
  ::sigaction(number, nullptr, &action);
  return action.sa_handler == SIG_IGN;
}

void wait_for_interruption(const sigset_t& set) {
  int number = 0;
  do {
    if (::sigwait(&set, &number) != 0) return;
  } while (ignored(number));
  end_live_folders();
  ::signal(number, SIG_DFL);
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  ::kill(::getpid(), number);
  ::_exit(128 + number);
}

}  // namespace

LiveFolder::LiveFolder(std::string folder, std::string variable, std::string value)
    : folder_(std::move(folder)) {
  const std::scoped_lock lock(registry().mutex);
  registry().folders[folder_] = {std::move(variable), std::move(value)};
}

LiveFolder::~LiveFolder() {
  const std::scoped_lock lock(registry().mutex);
  registry().folders.erase(folder_);
}

void end_live_folders() {
  const std::scoped_lock lock(registry().mutex);
  for (const auto& [folder, mark] : registry().folders) {
    kill_leftovers(mark.first, mark.second);
    std::error_code error;
    // Whoever was killed a moment ago may still be writing.
    for (int tries = 0; tries < 20; ++tries) {
      std::filesystem::remove_all(folder, error);
      if (!error && !std::filesystem::exists(folder, error)) break;
      ::usleep(5000);
    }
  }
}

void end_when_interrupted() {
  const sigset_t set = interruptions();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::thread([set] { wait_for_interruption(set); }).detach();
}

}  // namespace terapi::conformance
