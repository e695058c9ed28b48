#include "core/system/event_loop.h"

#include <sys/wait.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "core/system/event_loop_impl.h"

namespace terapi::core {
namespace {

// So many take a few milliseconds, even if each has read 64 KiB.
constexpr std::size_t kMostWithin = 256;

}  // namespace

// The hint: one thread runs the loop, any may post to it.
EventLoop::Impl::Impl() : io_(1), work_(asio::make_work_guard(io_)) {}

void EventLoop::Impl::run() {
  io_.run();
  // Stopped now; the next run is not to be.
  io_.restart();
}

std::size_t EventLoop::Impl::poll() {
  const std::size_t ran = io_.poll();
  if (io_.stopped()) io_.restart();
  return ran;
}

// A stop that comes meanwhile is for the run() around it.
std::size_t EventLoop::Impl::poll_within() {
  std::size_t ran = 0;
  while (ran < kMostWithin && io_.poll_one() > 0) ++ran;
  return ran;
}

void EventLoop::Impl::on_signals(std::initializer_list<int> signals,
                                 std::function<void(int)> callback) {
  SignalWatch& watch = signal_watches_.emplace_back(io_, std::move(callback));
  for (const int signal : signals) watch.signals.add(signal);
  await_signal(watch);
}

void EventLoop::Impl::await_signal(SignalWatch& watch) {
  watch.signals.async_wait([this, &watch](const boost::system::error_code& error, int signal) {
    if (error) return;
    await_signal(watch);
    watch.callback(signal);
  });
}

void EventLoop::Impl::watch_child(pid_t child, std::function<void(int)> callback) {
  children_.insert_or_assign(child, std::move(callback));
  if (!std::exchange(watches_child_signal_, true)) {
    on_signals({SIGCHLD}, [this](int) { reap_children(); });
  }
  // It may have ended before anybody listened for the signal.
  asio::post(io_, [this] { reap_children(); });
}

void EventLoop::Impl::reap_children() {
  std::vector<std::pair<std::function<void(int)>, int>> ended;
  for (auto child = children_.begin(); child != children_.end();) {
    int status = -1;
    const pid_t result = ::waitpid(child->first, &status, WNOHANG);
    if (result == 0 || (result < 0 && errno == EINTR)) {
      ++child;
      continue;
    }
    ended.emplace_back(std::move(child->second), result < 0 ? -1 : status);
    child = children_.erase(child);
  }
  // Only now, because a callback may watch another child.
  for (const auto& [callback, status] : ended) callback(status);
}

EventLoop::EventLoop(TimeOfDay time) : impl_(std::make_unique<Impl>()) {
  std::signal(SIGPIPE, SIG_IGN);
  impl_->clock_ = std::make_unique<SystemClock>(
      *this, time == TimeOfDay::kSteady ? SystemClock::steady_time() : std::function<Time()>());
}

EventLoop::~EventLoop() = default;

void EventLoop::run() { impl_->run(); }

void EventLoop::stop() { impl_->io().stop(); }

void EventLoop::post(std::function<void()> action) { asio::post(impl_->io(), std::move(action)); }

std::size_t EventLoop::poll() { return impl_->poll(); }

std::size_t EventLoop::poll_within() { return impl_->poll_within(); }

Clock& EventLoop::clock() { return impl_->clock(); }

void EventLoop::on_signals(std::initializer_list<int> signals, std::function<void(int)> callback) {
  impl_->on_signals(signals, std::move(callback));
}

void EventLoop::watch_child(pid_t child, std::function<void(int)> callback) {
  impl_->watch_child(child, std::move(callback));
}

}  // namespace terapi::core
