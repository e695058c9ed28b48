#include "core/system/thread_background.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "core/system/event_loop.h"

namespace terapi::core {

class ThreadBackground::Impl {
 public:
  Impl(EventLoop& loop, std::size_t threads) : loop_(loop) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      jobs_.clear();
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void add(const void* lane, std::function<void()> task, std::function<void()> done) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back({lane, std::move(task), std::move(done)});
    }
    changed_.notify_one();
  }

 private:
  struct Job {
    const void* lane = nullptr;
    std::function<void()> task;
    std::function<void()> done;
  };

  void work() {
    Job job;
    while (take(job)) {
      job.task();
      const void* lane = job.lane;
      // Moved away with its captures, so that what they own is let go of on the loop's thread.
      // Before the lane is left, so that those of one lane are told of in order.
      loop_.post([task = std::move(job.task), done = std::move(job.done)] { done(); });
      leave(lane);
    }
  }

  // Waits for a job whose lane is free; false when all is over.
  bool take(Job& job) {
    std::unique_lock lock(mutex_);
    auto next = jobs_.end();
    changed_.wait(lock, [&] {
      next = std::find_if(jobs_.begin(), jobs_.end(),
                          [this](const Job& waiting) { return !busy_.contains(waiting.lane); });
      return ending_ || next != jobs_.end();
    });
    if (ending_) return false;
    job = std::move(*next);
    jobs_.erase(next);
    if (job.lane != nullptr) busy_.insert(job.lane);
    return true;
  }

  void leave(const void* lane) {
    if (lane == nullptr) return;
    {
      const std::lock_guard lock(mutex_);
      busy_.erase(lane);
    }
    changed_.notify_one();
  }

  EventLoop& loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::set<const void*> busy_;  // lanes with a job that runs
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

ThreadBackground::ThreadBackground(EventLoop& loop, std::size_t threads)
    : impl_(std::make_unique<Impl>(loop, threads)) {}

ThreadBackground::~ThreadBackground() = default;

void ThreadBackground::run(std::function<void()> task, std::function<void()> done) {
  impl_->add(nullptr, std::move(task), std::move(done));
}

void ThreadBackground::run_in_lane(const void* lane, std::function<void()> task,
                                   std::function<void()> done) {
  impl_->add(lane, std::move(task), std::move(done));
}

}  // namespace terapi::core
