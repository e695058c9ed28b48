#include "core/background.h"

#include <deque>
#include <mutex>

namespace terapi::core {

void InlineBackground::run(std::function<void()> task, std::function<void()> done) {
  task();
  clock_.at(clock_.now(), std::move(done));
}

void CountedBackground::run(std::function<void()> task, std::function<void()> done) {
  ++pending_;
  inner_.run(std::move(task), [this, alive = std::weak_ptr(alive_), done = std::move(done)] {
    if (alive.expired()) return;
    --pending_;
    done();
    // Whoever is told may destroy this.
    if (!alive.expired() && pending_ == 0 && idle_) std::exchange(idle_, nullptr)();
  });
}

void CountedBackground::when_idle(std::function<void()> idle) {
  idle_ = std::move(idle);
  run([] {}, [] {});
}

// Shared by the calls under way, which may outlive the SerialBackground.
class SerialBackground::Queue {
 public:
  void add(std::function<void()> task, std::function<void()> done) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(task), std::move(done)});
  }

  // Does the next piece of work, in the background. When another thread is at one, that thread does
  // this call's as well.
  void work() {
    {
      const std::lock_guard lock(mutex_);
      ++owed_;
      if (busy_) return;
      busy_ = true;
    }
    try {
      while (std::optional<Job> job = next()) {
        job->task();
        const std::lock_guard lock(mutex_);
        finished_.push_back(*std::move(job));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      busy_ = false;
      throw;
    }
  }

  // Tells of everything that is finished, on the driver's thread.
  void deliver() {
    std::deque<Job> finished;
    {
      const std::lock_guard lock(mutex_);
      finished.swap(finished_);
    }
    for (const Job& job : finished) job.done();
  }

 private:
  struct Job {
    std::function<void()> task;
    std::function<void()> done;
  };
  std::optional<Job> next() {
    const std::lock_guard lock(mutex_);
    if (owed_ == 0) {
      busy_ = false;
      return std::nullopt;
    }
    --owed_;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
  }

  std::mutex mutex_;
  std::deque<Job> waiting_;
  std::deque<Job> finished_;
  std::size_t owed_ = 0;  // calls of work() whose piece is still to be done
  bool busy_ = false;
};

void SerialBackground::run(std::function<void()> task, std::function<void()> done) {
  if (!queue_) queue_ = std::make_shared<Queue>();
  queue_->add(std::move(task), std::move(done));
  inner_.run([queue = queue_] { queue->work(); }, [queue = queue_] { queue->deliver(); });
}

}  // namespace terapi::core
