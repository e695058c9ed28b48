#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "conformance/harness/process/child_process.h"

namespace terapi::conformance {
namespace {

using namespace std::chrono_literals;

// Works, says so, and stays.
std::chrono::nanoseconds cpu_time_after(const std::string& work) {
  core::EventLoop loop;
  auto process =
      ChildProcess::start(loop, {.command = work + "; echo done; sleep 1000", .variables = {}});
  EXPECT_TRUE(process.has_value());
  const auto limit = std::chrono::steady_clock::now() + 60s;
  while ((*process)->output().total() == 0 && std::chrono::steady_clock::now() < limit) {
    if (loop.poll() == 0) std::this_thread::yield();
  }
  const std::chrono::nanoseconds time = (*process)->cpu_time();
  (*process)->signal(SIGKILL);
  while ((*process)->alive() && std::chrono::steady_clock::now() < limit) loop.poll();
  return time;
}

const char* const kWork = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";

TEST(ChildCpuTime, IsThatOfAProcessAndOfItsChildrenThatEnded) {
  EXPECT_GT(cpu_time_after(kWork), 20ms);
  EXPECT_GT(cpu_time_after("( " + std::string(kWork) + " )"), 20ms);
}

}  // namespace
}  // namespace terapi::conformance
