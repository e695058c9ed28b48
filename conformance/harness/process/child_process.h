// ChildProcess: one command of the user's, run by the shell in a process group of its own, which
// dies with us, and of which nothing is left running.
//
// Thread rule: the loop's thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/harness/process/kept_output.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/system/event_loop.h"
#include "core/system/pipe_reader.h"

namespace terapi::conformance {

struct ChildOptions {
  std::string command;                                         // for /bin/sh
  std::vector<std::pair<std::string, std::string>> variables;  // of the environment
  std::string folder{};                                        // that it begins in; empty: ours
  // Of what it says, so much of the end is kept. Nothing of it goes to a disk.
  std::size_t keep = std::size_t{64} << 10;
  bool errors_apart = false;  // standard error is kept by itself, not with standard output
  bool disk_full = false;
};

class ChildProcess {
 public:
  // Code "cannot_run".
  static core::Result<std::unique_ptr<ChildProcess>> start(core::EventLoop& loop,
                                                           const ChildOptions& options);
  // Kills the group.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  bool alive() const { return !state_->ended; }
  // As a shell tells it: 128 + signal for one that was killed. None while it lives.
  std::optional<int> exit_status() const;
  // To every process of the group.
  void signal(int number) const;
  // The greatest amount of memory that its processes had, together.
  std::uint64_t peak_bytes() const;
  // For how long its threads have been ready to run and had no processor, together, so far; that of
  // threads that are gone is forgotten. Zero where the system does not tell.
  core::Duration starved() const;
  // What it has said, and, if they are apart, what it said of errors.
  KeptOutput& output() { return *state_->output; }
  KeptOutput& errors() { return state_->errors ? *state_->errors : *state_->output; }
  // The CPU time that its processes have used, together, with that of their children that ended.
  std::chrono::nanoseconds cpu_time() const;
  // From now on its files cannot grow any more, or can again.
  void set_disk_full(bool full) const;

 private:
  struct State {
    bool ended = false;
    int status = 0;
    std::optional<KeptOutput> output;
    std::optional<KeptOutput> errors;
    std::vector<std::unique_ptr<core::PipeReader>> pipes;
  };
  ChildProcess(pid_t pid, std::shared_ptr<State> state) : pid_(pid), state_(std::move(state)) {}
  static void hear(core::EventLoop& loop, int read_end, KeptOutput& said, State& state);
  std::vector<pid_t> members() const;

  pid_t pid_;
  std::shared_ptr<State> state_;
};

// Kills every process whose environment has this variable with this value: what a client left
// running outside its group.
void kill_leftovers(const std::string& name, const std::string& value);

// True when somebody on this machine listens on the port.
bool port_listens(std::uint16_t port);

// For how long the thread that asks has been ready to run, and without a processor, so far.
core::Duration starved_here();

// The whole of a small file; empty if it cannot be read.
std::string file_text(const std::string& path);

}  // namespace terapi::conformance
