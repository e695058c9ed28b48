// terapi-simulator exec: serves on a free port while a command runs.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <optional>

#include "simulator/program/lifeline.h"
#include "simulator/program/program.h"
#include "simulator/program/ready_file.h"
#include "simulator/program/server_process.h"

namespace terapi::simulator {
namespace {

constexpr int kCannotRun = 127;
constexpr std::initializer_list<int> kForwarded = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};

// In the child: never returns.
[[noreturn]] void become(const std::vector<std::string>& command, const ServerProcess& process,
                         bool own_group) {
  if (own_group) setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing outlives a killed simulator
  setenv("TERAPI_BASE_URL", process.base_url().c_str(), 1);
  setenv("TERAPI_SECRET_KEY", process.secret_key().c_str(), 1);
  setenv("TERAPI_SIGNING_KEY", process.signing_key().c_str(), 1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(strdup(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  std::fprintf(stderr, "terapi-simulator exec: cannot run '%s': %s\n", arguments[0],
               std::strerror(errno));
  _exit(kCannotRun);
}

// The signals that a terminal sends to everybody in the foreground: CTRL-C and CTRL-\. Whether the
// last of each came from there: the command has it then. (That it is gone, SIGHUP, it tells the
// first process of the session alone.)
constexpr std::array kTerminalSignals = {SIGINT, SIGQUIT};
volatile std::sig_atomic_t came_from_terminal[NSIG] = {};
struct sigaction handlers_before[NSIG] = {};

void note_who_sends(int signal, siginfo_t* info, void* /*context*/) {
  came_from_terminal[signal] = info->si_code == SI_KERNEL ? 1 : 0;
  handlers_before[signal].sa_handler(signal);
}

// In front of the loop's own handler, which is not told.
void tell_senders_apart() {
  for (const int signal : kTerminalSignals) {
    struct sigaction& before = handlers_before[signal];
    ::sigaction(signal, nullptr, &before);
    struct sigaction handler = before;
    handler.sa_flags |= SA_SIGINFO;
    handler.sa_sigaction = note_who_sends;
    ::sigaction(signal, &handler, nullptr);
  }
}

int exit_code(int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 1;
}

}  // namespace

int run_exec(const std::vector<std::string>& arguments) {
  const std::string name = "terapi-simulator exec";
  ServeFlags options;
  options.port = 0;
  options.log_level = LogLevel::kWarning;
  const auto command = options.read(arguments, ServeFlags::For::kExec);
  if (!command) return report(name, command.error());
  if (command->empty()) return report(name, "bad_usage", "no command; expected -- COMMAND…");
  if (options.stop_with_fd == 0) {
    return report(name, "bad_usage",
                  "--stop-with-fd 0: standard input is the command's; expected another descriptor");
  }
  tell_project(options.project, options.log_format == "json");
  const auto lifeline = Lifeline::on(options.stop_with_fd);
  if (!lifeline) return report(name, lifeline.error().code, lifeline.error().message);
  auto started = ServerProcess::start(options);
  if (!started) return report(name, options.project.placed(started.error()));
  ServerProcess& process = **started;
  // Until somebody listens for them: the ready file is to go away, whatever comes.
  sigset_t held;
  sigset_t before;
  sigemptyset(&held);
  for (const int signal : kForwarded) sigaddset(&held, signal);
  sigprocmask(SIG_BLOCK, &held, &before);
  const auto ready_file = ReadyFile::write(options.ready_file, process);
  if (!ready_file) return report(name, ready_file.error().code, ready_file.error().message);

  if (options.json) std::fprintf(stderr, "%s\n", ReadyFile::text_for(process).c_str());
  // At a terminal the command stays in the foreground group, where Ctrl-C reaches it by itself.
  const bool own_group = isatty(STDIN_FILENO) == 0;
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return report(name, "cannot_run", std::strerror(errno));
  if (child == 0) become(*command, process, own_group);
  if (own_group) setpgid(child, child);

  std::optional<int> status;
  process.loop().on_signals(kForwarded, [&](int signal) {
    const bool has_it = came_from_terminal[signal] != 0;
    if (own_group) {
      kill(-child, signal);
    } else if (!has_it) {
      kill(child, signal);
    }
  });
  const auto watch =
      lifeline->watch(process.loop(), [&] { kill(own_group ? -child : child, SIGTERM); });
  tell_senders_apart();
  sigprocmask(SIG_SETMASK, &before, nullptr);
  process.loop().watch_child(child, [&](int ended) {
    status = ended;
    if (own_group) kill(-child, SIGKILL);  // what the command left running
    process.stop();
  });
  process.run();
  return exit_code(status.value_or(1 << 8));
}

}  // namespace terapi::simulator
