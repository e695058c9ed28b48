// Background: where work that blocks (a commit to a database) is done while the driver goes on.
//
// Two implementations: InlineBackground below, for virtual time, and ThreadBackground
// (core/system/thread_background.h), which has threads.
//
// Thread rule: run() on the driver's thread; `task` runs wherever the background does its work,
// `done` on the driver's thread after it, never inside run().
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "core/clock.h"

namespace terapi::core {

class Background {
 public:
  virtual ~Background() = default;
  virtual void run(std::function<void()> task, std::function<void()> done) = 0;
  // The same for a task of a lane: those of one lane run one at a time and in the order of the
  // calls, each as soon as the one before it has ended. A background that does one thing at a time
  // anyway need do nothing about it.
  virtual void run_in_lane(const void* lane, std::function<void()> task,
                           std::function<void()> done);
};

// Does the work at once, on the caller's thread; `done` is a timer of the clock that is due now.
// An exception that escapes a task escapes run(), too.
class InlineBackground final : public Background {
 public:
  explicit InlineBackground(Clock& clock) : clock_(clock) {}
  void run(std::function<void()> task, std::function<void()> done) override;

 private:
  Clock& clock_;
};

// Passes work on to another background and knows when none is left.
class CountedBackground final : public Background {
 public:
  explicit CountedBackground(Background& inner) : inner_(inner) {}
  void run(std::function<void()> task, std::function<void()> done) override;
  void run_in_lane(const void* lane, std::function<void()> task,
                   std::function<void()> done) override;
  // Calls back once, never inside this call, when everything that was run is done. Only the last
  // callback is kept.
  void when_idle(std::function<void()> idle);

 private:
  std::function<void()> counted(std::function<void()> done);

  Background& inner_;
  std::size_t pending_ = 0;
  std::function<void()> idle_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

// A lane of its own on another background.
class BackgroundLane final : public Background {
 public:
  explicit BackgroundLane(Background& inner) : inner_(inner) {}
  void run(std::function<void()> task, std::function<void()> done) override {
    inner_.run_in_lane(this, std::move(task), std::move(done));
  }

 private:
  Background& inner_;
};

// Runs `task` in the background and gives what it returned to `done`.
template <typename Task, typename Done>
void run_in(Background& background, Task task, Done done) {
  using Value = decltype(task());
  auto value = std::make_shared<std::optional<Value>>();
  background.run([value, task = std::move(task)]() mutable { value->emplace(task()); },
                 [value, done = std::move(done)]() mutable { done(std::move(**value)); });
}

}  // namespace terapi::core
