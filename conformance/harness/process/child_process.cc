#include "conformance/harness/process/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace terapi::conformance {
namespace {

// With so little a file holds next to nothing: a journal's first lines, a database's first page.
constexpr rlim_t kFullDisk = 4096;
constexpr int kPipeBytes = 1 << 20;  // whoever writes need not wait while the judge compares

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {
    if (number_ < 0 || number_ > STDERR_FILENO) return;
    // A judge without standard streams: dup2(2) onto itself would leave it to be closed.
    const int higher = ::fcntl(number_, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    ::close(number_);
    number_ = higher;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
    ::fcntl(write.number(), F_SETPIPE_SZ, kPipeBytes);
  }
  bool made() const { return read.number() >= 0 && write.number() >= 0; }

  Descriptor read;
  Descriptor write;
};

// One program and its words take the shell's place, so that what dies with us is the program
// itself; anything more than that is left to the shell.
std::string shell_command(const std::string& command) {
  const bool plain = command.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./- ") ==
                     std::string::npos;
  return plain && !command.starts_with("exec ") && !command.starts_with("exit") ? "exec " + command
                                                                                : command;
}

// All that the child needs, made before there is one: it shares our memory until it becomes the
// command (vfork), since copying the page tables of a judge that holds a million records took
// longer than all that its clients did.
class Launch {
 public:
  explicit Launch(const ChildOptions& options)
      : words_{"sh", "-c", shell_command(options.command)},
        folder_(options.folder),
        disk_full_(options.disk_full),
        input_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {
    if (options.errors_apart) errors_.emplace();
    for (char** variable = environ; *variable != nullptr; ++variable) {
      const std::string_view text = *variable;
      const bool replaced =
          std::any_of(options.variables.begin(), options.variables.end(), [&](const auto& given) {
            return text.starts_with(given.first) &&
                   text.substr(given.first.size()).starts_with("=");
          });
      if (!replaced) environment_.emplace_back(text);
    }
    for (const auto& [name, value] : options.variables) {
      environment_.push_back(name);
      environment_.back().append("=").append(value);
    }
    for (std::string& variable : environment_) environment_pointers_.push_back(variable.data());
    environment_pointers_.push_back(nullptr);
    for (std::string& word : words_) word_pointers_.push_back(word.data());
    word_pointers_.push_back(nullptr);
  }

  bool ready() const {
    return input_.number() >= 0 && output_.made() && (!errors_ || errors_->made());
  }
  Pipe& output() { return output_; }
  std::optional<Pipe>& errors() { return errors_; }

  // In the child: changes nothing in memory, never returns.
  [[noreturn]] void become_command() const {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing outlives a judge that was killed
    ::dup2(input_.number(), STDIN_FILENO);
    ::dup2(output_.write.number(), STDOUT_FILENO);
    ::dup2((errors_ ? *errors_ : output_).write.number(), STDERR_FILENO);
    if (!folder_.empty() && ::chdir(folder_.c_str()) != 0) {
      constexpr std::string_view kSays = "its folder cannot be entered\n";
      if (::write(STDERR_FILENO, kSays.data(), kSays.size()) < 0) ::_exit(127);
      ::_exit(126);
    }
    if (disk_full_) {
      const rlimit limit{kFullDisk, RLIM_INFINITY};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    sigset_t none;
    sigemptyset(&none);
    // Our handlers would run in our memory.
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    ::signal(SIGXFSZ, SIG_IGN);  // a full disk is an error of write(2), and no signal
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve("/bin/sh", word_pointers_.data(), environment_pointers_.data());
    ::_exit(127);
  }

 private:
  std::vector<std::string> words_;
  std::string folder_;
  bool disk_full_;
  Descriptor input_;
  Pipe output_;
  std::optional<Pipe> errors_;
  std::vector<std::string> environment_;
  std::vector<char*> environment_pointers_;
  std::vector<char*> word_pointers_;
};

std::vector<pid_t> all_processes() {
  std::vector<pid_t> processes;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (!name.empty() && std::all_of(name.begin(), name.end(), ::isdigit)) {
      processes.push_back(static_cast<pid_t>(std::strtol(name.c_str(), nullptr, 10)));
    }
  }
  return processes;
}

// The fifth field of /proc/PID/stat, after the name in brackets, which may hold anything.
pid_t group_of(pid_t process) {
  const std::string stat = file_text("/proc/" + std::to_string(process) + "/stat");
  const std::size_t bracket = stat.rfind(')');
  if (bracket == std::string::npos) return 0;
  std::istringstream rest(stat.substr(bracket + 1));
  std::string state;
  pid_t parent = 0;
  pid_t group = 0;
  rest >> state >> parent >> group;
  return group;
}

// Of "1234 5678 9": nanoseconds on a processor, and waiting for one.
core::Duration run_delay_in(const std::string& schedstat) {
  std::istringstream numbers(schedstat);
  std::uint64_t ran = 0;
  std::int64_t waited = 0;
  numbers >> ran >> waited;
  return std::chrono::duration_cast<core::Duration>(std::chrono::nanoseconds(waited));
}

std::chrono::nanoseconds own_cpu_time(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Of its children that ended: the 16th and 17th field of /proc/PID/stat, in ticks.
std::chrono::nanoseconds childrens_cpu_time(pid_t process) {
  const std::string stat = file_text("/proc/" + std::to_string(process) + "/stat");
  const std::size_t bracket = stat.rfind(')');
  if (bracket == std::string::npos) return {};
  std::istringstream rest(stat.substr(bracket + 1));
  std::string skipped;
  constexpr int kBefore = 13;  // of the fields behind the name
  for (int i = 0; i < kBefore; ++i) rest >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  rest >> user >> system;
  return std::chrono::nanoseconds((user + system) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK)));
}

}  // namespace

core::Result<std::unique_ptr<ChildProcess>> ChildProcess::start(core::EventLoop& loop,
                                                                const ChildOptions& options) {
  Launch launch(options);
  if (!launch.ready()) {
    return core::Error{"cannot_run",
                       std::string("no pipe for its output: ") + std::strerror(errno)};
  }
  const auto state = std::make_shared<State>();
  // No handler of ours is to run in the child.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  // NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork): the child keeps vfork's rules
  const pid_t child = ::vfork();
  if (child != 0) ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child < 0) return core::Error{"cannot_run", std::strerror(errno)};
  if (child == 0) launch.become_command();
  ::setpgid(child, child);  // whoever is first
  hear(loop, launch.output().read.release(), state->output.emplace(options.keep), *state);
  if (launch.errors()) {
    hear(loop, launch.errors()->read.release(), state->errors.emplace(options.keep), *state);
  }
  std::unique_ptr<ChildProcess> process(new ChildProcess(child, state));
  loop.watch_child(child, [state](int status) {
    for (const auto& pipe : state->pipes) pipe->drain();  // its last words
    state->ended = true;
    state->status = status;
  });
  return process;
}

void ChildProcess::hear(core::EventLoop& loop, int read_end, KeptOutput& said, State& state) {
  state.pipes.push_back(std::make_unique<core::PipeReader>(
      loop, read_end, [&said](std::string_view bytes) { said.add(bytes); }));
}

ChildProcess::~ChildProcess() {
  signal(SIGKILL);
  state_->pipes.clear();  // the loop may outlive us, and the state lives until the child is buried
}

std::optional<int> ChildProcess::exit_status() const {
  if (!state_->ended) return std::nullopt;
  if (WIFEXITED(state_->status)) return WEXITSTATUS(state_->status);
  return WIFSIGNALED(state_->status) ? 128 + WTERMSIG(state_->status) : 1;
}

void ChildProcess::signal(int number) const { ::kill(-pid_, number); }

std::vector<pid_t> ChildProcess::members() const {
  std::vector<pid_t> found;
  for (const pid_t process : all_processes()) {
    if (group_of(process) == pid_) found.push_back(process);
  }
  return found;
}

std::uint64_t ChildProcess::peak_bytes() const {
  std::uint64_t bytes = 0;
  for (const pid_t process : members()) {
    const std::string status = file_text("/proc/" + std::to_string(process) + "/status");
    const std::size_t at = status.find("VmHWM:");
    if (at != std::string::npos)
      bytes += std::strtoull(status.c_str() + at + 6, nullptr, 10) << 10U;
  }
  return bytes;
}

core::Duration ChildProcess::starved() const {
  core::Duration time{0};
  std::error_code error;
  for (const pid_t process : members()) {
    const std::string tasks = "/proc/" + std::to_string(process) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
      time += run_delay_in(file_text(task.path().string() + "/schedstat"));
    }
  }
  return time;
}

std::chrono::nanoseconds ChildProcess::cpu_time() const {
  std::chrono::nanoseconds time{0};
  for (const pid_t process : members()) time += own_cpu_time(process) + childrens_cpu_time(process);
  return time;
}

void ChildProcess::set_disk_full(bool full) const {
  const rlimit limit{full ? kFullDisk : RLIM_INFINITY, RLIM_INFINITY};
  for (const pid_t process : members()) ::prlimit(process, RLIMIT_FSIZE, &limit, nullptr);
}

void kill_leftovers(const std::string& name, const std::string& value) {
  const std::string wanted = name + "=" + value;
  for (const pid_t process : all_processes()) {
    if (process == ::getpid()) continue;
    const std::string environment =
        std::string(1, '\0') + file_text("/proc/" + std::to_string(process) + "/environ");
    if (environment.find(std::string(1, '\0') + wanted + std::string(1, '\0')) !=
        std::string::npos) {
      ::kill(process, SIGKILL);
    }
  }
}

bool port_listens(std::uint16_t port) {
  char wanted[16];
  std::snprintf(wanted, sizeof wanted, ":%04X ", port);
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::istringstream lines(file_text(table));
    std::string line;
    while (std::getline(lines, line)) {
      // "  0: 0100007F:1F90 00000000:0000 0A …": local address, remote address, state.
      const std::size_t at = line.find(wanted);
      const std::size_t remote = line.find(':', line.find(':') + 1);
      if (at == std::string::npos || at > remote + 8) continue;
      if (line.find(" 0A ") != std::string::npos) return true;
    }
  }
  return false;
}

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

core::Duration starved_here() { return run_delay_in(file_text("/proc/thread-self/schedstat")); }

}  // namespace terapi::conformance
