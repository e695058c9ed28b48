#include "core/system/thread_background.h"

#include <condition_variable>
#include <deque>
#include <mutex>
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

  void add(std::function<void()> task, std::function<void()> done) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back({std::move(task), std::move(done)});
    }
    changed_.notify_one();
  }

 private:
  struct Job {
    std::function<void()> task;
    std::function<void()> done;
  };

  void work() {
    while (true) {
      Job job;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
        if (ending_) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job.task();
      // Moved away with its captures, so that what they own is let go of on the loop's thread.
      loop_.post([task = std::move(job.task), done = std::move(job.done)] { done(); });
    }
  }

  EventLoop& loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

ThreadBackground::ThreadBackground(EventLoop& loop, std::size_t threads)
    : impl_(std::make_unique<Impl>(loop, threads)) {}

ThreadBackground::~ThreadBackground() = default;

void ThreadBackground::run(std::function<void()> task, std::function<void()> done) {
  impl_->add(std::move(task), std::move(done));
}

}  // namespace terapi::core
