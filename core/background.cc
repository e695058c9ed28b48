#include "core/background.h"

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

}  // namespace terapi::core
