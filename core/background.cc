#include "core/background.h"

namespace terapi::core {

void Background::run_in_lane(const void* /*lane*/, std::function<void()> task,
                             std::function<void()> done) {
  run(std::move(task), std::move(done));
}

void InlineBackground::run(std::function<void()> task, std::function<void()> done) {
  task();
  clock_.at(clock_.now(), std::move(done));
}

std::function<void()> CountedBackground::counted(std::function<void()> done) {
  ++pending_;
  return [this, alive = std::weak_ptr(alive_), done = std::move(done)] {
    if (alive.expired()) return;
    --pending_;
    done();
    // Whoever is told may destroy this.
    if (!alive.expired() && pending_ == 0 && idle_) std::exchange(idle_, nullptr)();
  };
}

void CountedBackground::run(std::function<void()> task, std::function<void()> done) {
  inner_.run(std::move(task), counted(std::move(done)));
}

void CountedBackground::run_in_lane(const void* lane, std::function<void()> task,
                                    std::function<void()> done) {
  inner_.run_in_lane(lane, std::move(task), counted(std::move(done)));
}

void CountedBackground::when_idle(std::function<void()> idle) {
  idle_ = std::move(idle);
  run([] {}, [] {});
}

}  // namespace terapi::core
