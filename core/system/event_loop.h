// EventLoop: one thread that waits for sockets, timers and signals, and calls back. Everything of
// core/system that is asynchronous runs on one of these, so none of it needs a lock.
//
// Thread rule: run() or poll() on one thread, which is the loop's thread; post() and stop() from
// any thread; everything else on the loop's thread, or before it runs. A callback must not call
// run() or poll(), but may poll_within(). An exception that escapes a callback escapes run(), too.
//
// The first EventLoop makes the process ignore SIGPIPE: a peer that goes away is an error of that
// connection, not the end of the process.
//
//   EventLoop loop;
//   loop.on_signals({SIGINT, SIGTERM}, [&](int) { loop.stop(); });
//   loop.run();
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>

#include "core/clock.h"

namespace terapi::core {

class EventLoop {
 public:
  // What its clock says: the machine's time of day, which somebody may set; or that of when the
  // loop was made, and from then on by the steady clock, for whoever has to know what came before
  // what.
  enum class TimeOfDay : std::uint8_t { kOfTheMachine, kSteady };
  explicit EventLoop(TimeOfDay time = TimeOfDay::kOfTheMachine);
  // Drops what is posted and not yet run. Servers and senders of this loop have to go first.
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs callbacks until stop(), also while there is nothing to do. May be run again afterwards.
  void run();
  // Makes run() return after the callback that is running. A stop before run() is not lost: that
  // run returns at once.
  void stop();
  // Runs the action on the loop's thread, soon, in the order of the calls; never inside this call.
  void post(std::function<void()> action);
  // Runs what is ready now without waiting, and says how many callbacks ran.
  std::size_t poll();
  // The same within a posted action, whose long work lets others in between: a few callbacks at
  // most. What they do must not mind being done in the middle of it. (Not within other callbacks:
  // those of sockets share a buffer.)
  std::size_t poll_within();

  Clock& clock();

  // Calls back, on the loop's thread, each time one of the signals arrives, for as long as the
  // loop lives. Several calls may name the same signal.
  void on_signals(std::initializer_list<int> signals, std::function<void(int)> callback);

  // Calls back once, with the status that waitpid(2) gives, when the child process has ended. The
  // child is reaped by that; nobody else may wait for it, and a second watch of the same child
  // takes the place of the first. A pid that is not a child of this process has status -1.
  void watch_child(pid_t child, std::function<void(int)> callback);

  // For the other files of core/system.
  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace terapi::core
