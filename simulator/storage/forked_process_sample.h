// For tests of storage: a forked child, which is killed at the end if it still lives.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>

namespace terapi::simulator {

class ForkedProcess {
 public:
  // Runs `work` in the child, with the end of a pipe to write to; it has to end with _exit.
  explicit ForkedProcess(const std::function<void(int pipe)>& work) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    pipe_ = ends[0];
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      work(ends[1]);
      ::_exit(99);
    }
    ::close(ends[1]);
  }
  ~ForkedProcess() {
    if (pid_ > 0) kill();
    ::close(pipe_);
  }
  ForkedProcess(const ForkedProcess&) = delete;
  ForkedProcess& operator=(const ForkedProcess&) = delete;

  pid_t pid() const { return pid_; }
  // The next byte that the child wrote; 0 at the end.
  char read_byte() const {
    char byte = 0;
    return ::read(pipe_, &byte, 1) == 1 ? byte : '\0';
  }
  // kill -9, and waits until it is gone.
  void kill() {
    ::kill(pid_, SIGKILL);
    wait();
  }
  // Its exit status; -1 when it was killed.
  int wait() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  int pipe_ = -1;
  pid_t pid_ = -1;
};

}  // namespace terapi::simulator
