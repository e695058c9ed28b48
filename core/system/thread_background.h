// ThreadBackground: threads that do what blocks, one task at a time each, in the order of the
// calls, for a driver that is an EventLoop.
//
// Thread rule: run() on the loop's thread; tasks run on the background's threads and must not
// throw; `done` runs on the loop's thread. The loop has to outlive it.
//
//   ThreadBackground background(loop, 1);
//   background.run([&] { store.commit(batch); }, [&] { next(); });
#pragma once

#include <cstddef>
#include <memory>

#include "core/background.h"

namespace terapi::core {

class EventLoop;

class ThreadBackground final : public Background {
 public:
  ThreadBackground(EventLoop& loop, std::size_t threads);
  // Ends the tasks that run, drops those that have not begun.
  ~ThreadBackground() override;
  ThreadBackground(const ThreadBackground&) = delete;
  ThreadBackground& operator=(const ThreadBackground&) = delete;

  void run(std::function<void()> task, std::function<void()> done) override;
  // Lanes share the threads: a lane is not a thread, and none waits for another's task.
  void run_in_lane(const void* lane, std::function<void()> task,
                   std::function<void()> done) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace terapi::core
