#include "conformance/program/play_pool.h"

#include <algorithm>

namespace terapi::conformance {

PlayPool::PlayPool(const std::vector<const JudgeJob*>& jobs, std::size_t threads) {
  tasks_.resize(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) tasks_[i].job = jobs[i];
  if (threads == 0) threads = std::max(2U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < std::min(threads, tasks_.size()); ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

PlayPool::~PlayPool() {
  next_ = tasks_.size();
  for (std::thread& thread : threads_) thread.join();
}

ScenarioResult PlayPool::wait_for(const JudgeJob* job) {
  for (Task& task : tasks_) {
    if (task.job == job) return task.result.get_future().get();
  }
  return {};
}

void PlayPool::work() {
  for (std::size_t i = next_++; i < tasks_.size(); i = next_++) {
    const JudgeJob& job = *tasks_[i].job;
    std::unique_lock<std::mutex> lock;
    if (job.alone) lock = std::unique_lock(alone_);
    tasks_[i].result.set_value(job.play());
  }
}

}  // namespace terapi::conformance
