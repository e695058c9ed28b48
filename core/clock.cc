#include "core/clock.h"

#include <algorithm>

namespace terapi::core {

TimerId TimerQueue::add(Time due, std::function<void()> action) {
  const TimerId id = ++last_id_;
  by_due_.emplace(Key{due, id}, std::move(action));
  due_of_.emplace(id, due);
  return id;
}

bool TimerQueue::cancel(TimerId timer) {
  const auto found = due_of_.find(timer);
  if (found == due_of_.end()) return false;
  by_due_.erase(Key{found->second, timer});
  due_of_.erase(found);
  return true;
}

std::optional<Time> TimerQueue::next_due() const {
  if (by_due_.empty()) return std::nullopt;
  return by_due_.begin()->first.first;
}

std::optional<std::function<void()>> TimerQueue::take_due(Time now) {
  if (by_due_.empty() || by_due_.begin()->first.first > now) return std::nullopt;
  auto node = by_due_.extract(by_due_.begin());
  due_of_.erase(node.key().second);
  return std::move(node.mapped());
}

void TimerQueue::clear() {
  by_due_.clear();
  due_of_.clear();
}

Time VirtualClock::start_of_time() {
  using namespace std::chrono;
  return sys_days{year{2024} / January / 1};
}

TimerId VirtualClock::at(Time due, std::function<void()> action) {
  return timers_.add(due, std::move(action));
}

bool VirtualClock::run_next(Time limit) {
  const std::optional<Time> due = timers_.next_due();
  if (!due || *due > limit) return false;
  now_ = std::max(now_, *due);
  const auto action = timers_.take_due(now_);
  (*action)();
  return true;
}

void VirtualClock::advance_to(Time to) {
  while (run_next(to)) {
  }
  now_ = std::max(now_, to);
}

}  // namespace terapi::core
