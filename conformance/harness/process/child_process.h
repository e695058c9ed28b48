// ChildProcess: one command of the user's, run by the shell in a process group of its own, which
// dies with us, and of which nothing is left running.
//
// Thread rule: the loop's thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/system/event_loop.h"

namespace terapi::conformance {

struct ChildOptions {
  std::string command;                                         // for /bin/sh
  std::vector<std::pair<std::string, std::string>> variables;  // of the environment
  std::string output;                                          // file: standard output
  std::string errors;  // file: standard error; empty: with the output
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
  // From now on its files cannot grow any more, or can again.
  void set_disk_full(bool full) const;

 private:
  struct State {
    bool ended = false;
    int status = 0;
  };
  explicit ChildProcess(pid_t pid) : pid_(pid), state_(std::make_shared<State>()) {}
  std::vector<pid_t> members() const;

  pid_t pid_;
  std::shared_ptr<State> state_;
};

// Kills every process whose environment has this variable with this value: what a client left
// running outside its group.
void kill_leftovers(const std::string& name, const std::string& value);

// True when somebody on this machine listens on the port.
bool port_listens(std::uint16_t port);

// The end of a text file; no more than that is read.
std::string tail_of(const std::string& file, std::size_t bytes = 4096);

// Of a file that somebody appends to: when it has grown over `most` bytes, it is cut down to its
// end, a tenth of that, and a line that says so.
void keep_tail(const std::string& file, std::size_t most);

}  // namespace terapi::conformance
