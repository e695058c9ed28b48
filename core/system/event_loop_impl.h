// What the other .cc files of core/system see of an EventLoop: its io_context. Private to this
// folder, because it brings Boost headers with it.
//
//   asio::ip::tcp::socket socket(loop.impl().io());
#pragma once

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "core/system/event_loop.h"
#include "core/system/system_clock.h"

namespace terapi::core {

namespace asio = boost::asio;

class EventLoop::Impl {
 public:
  // Where the bytes of one read land before their owner looks at them: one for all connections,
  // so that an idle one needs no buffer. Its content is gone with the next callback.
  using Scratch = std::array<char, std::size_t{64} << 10>;

  Impl();

  asio::io_context& io() { return io_; }
  SystemClock& clock() { return *clock_; }
  Scratch& scratch() { return scratch_; }

  void run();
  std::size_t poll();
  std::size_t poll_within();
  void on_signals(std::initializer_list<int> signals, std::function<void(int)> callback);
  void watch_child(pid_t child, std::function<void(int)> callback);

 private:
  friend class EventLoop;
  struct SignalWatch {
    SignalWatch(asio::io_context& io, std::function<void(int)> when)
        : signals(io), callback(std::move(when)) {}
    asio::signal_set signals;
    std::function<void(int)> callback;
  };

  void await_signal(SignalWatch& watch);
  void reap_children();

  asio::io_context io_;
  // Without it the loop would be over whenever nothing is pending.
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::unique_ptr<SystemClock> clock_;
  std::list<SignalWatch> signal_watches_;
  std::map<pid_t, std::function<void(int)>> children_;
  bool watches_child_signal_ = false;
  Scratch scratch_;
};

}  // namespace terapi::core
