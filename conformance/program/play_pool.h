// PlayPool: plays jobs on threads, in the order given; results are waited for one by one.
//
// Thread rule: wait_for on one thread, once for each job.
#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "conformance/program/judge_run.h"

namespace terapi::conformance {

class PlayPool {
 public:
  // The jobs have to outlive it. 0 threads: one for each core, and at least two.
  PlayPool(const std::vector<const JudgeJob*>& jobs, std::size_t threads);
  // Lets running jobs end, and starts no more.
  ~PlayPool();
  PlayPool(const PlayPool&) = delete;
  PlayPool& operator=(const PlayPool&) = delete;

  ScenarioResult wait_for(const JudgeJob* job);
  // What is being played is played to its end, and nothing after it.
  void begin_no_more() { next_ = tasks_.size(); }

 private:
  struct Task {
    const JudgeJob* job = nullptr;
    std::promise<ScenarioResult> result;
  };
  void work();

  std::vector<Task> tasks_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> next_{0};
  std::mutex alone_;
};

}  // namespace terapi::conformance
