#include "conformance/program/play_pool.h"

#include <algorithm>
#include <exception>

#include "core/check.h"

namespace terapi::conformance {
namespace {

// Nothing that a play does ends the run, or counts as good.
ScenarioResult played(const JudgeJob& job) {
  try {
    return job.play();
  } catch (const std::exception& thrown) {
    ScenarioResult result;
    result.reason = std::string("the judge did not finish: ") + thrown.what();
    return result;
  }
}

}  // namespace

PlayPool::PlayPool(const std::vector<const JudgeJob*>& jobs, std::size_t threads) {
  tasks_.resize(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) tasks_[i].job = jobs[i];
  if (threads == 0) threads = std::max(2U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < std::min(threads, tasks_.size()); ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

PlayPool::~PlayPool() {
  begin_no_more();
  for (std::thread& thread : threads_) thread.join();
}

ScenarioResult PlayPool::wait_for(const JudgeJob* job) {
  for (Task& task : tasks_) {
    if (task.job == job) return task.result.get_future().get();
  }
  TERAPI_CHECK(false, "a job that this pool was not given: " + job->scenario);
}

void PlayPool::work() {
  for (std::size_t i = next_++; i < tasks_.size(); i = next_++) {
    const JudgeJob& job = *tasks_[i].job;
    std::unique_lock<std::mutex> lock;
    if (job.alone) lock = std::unique_lock(alone_);
    tasks_[i].result.set_value(played(job));
  }
}

}  // namespace terapi::conformance
