// EventGate: the one way into a simulator that runs on an event loop. Whatever comes to it — a
// request, a timer that is due, what a receiver answered — is an event, and the gate lets one in
// after the other, in the order in which they came. So there is one order of all that happens, and
// no event sees half of another's change, also when the loop goes on in the middle of a long one:
//
//   loop ── socket ──► handler ── health ──► answered
//    ▲                   └─ everything else ──► gate ──► simulator
//    └───────── every 20 ms, within the event ◄──────── core::breathe()
//
// Within an event the loop runs what is ready: connections are accepted, bodies read, answers
// written, and what touches no state is answered. All that would enter the simulator waits here.
//
// Thread rule: the loop's thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>

#include "core/system/event_loop.h"

namespace terapi::simulator {

class EventGate {
 public:
  // As long as an event may keep the loop; nobody who is let in within it waits for much longer.
  static constexpr auto kTurn = std::chrono::milliseconds(20);

  explicit EventGate(core::EventLoop& loop, std::chrono::steady_clock::duration turn = kTurn)
      : loop_(loop), turn_(turn) {}
  ~EventGate() { close(); }
  EventGate(const EventGate&) = delete;
  EventGate& operator=(const EventGate&) = delete;

  // Lets it in when its turn has come: later, never within this call.
  void enter(std::function<void()> event);
  // The same, for whoever may outlive the gate: what comes after its end is dropped.
  std::function<void(std::function<void()>)> door() const;
  // Are called around an event in which the loop has gone on: before the loop does so for the first
  // time, and after its end.
  void set_on_long(std::function<void()> begins, std::function<void()> ends);
  // Drops what waits, and what comes from now on: before the simulator goes.
  void close();

 private:
  void let_in_soon();
  void let_in_one();
  void breathe();

  core::EventLoop& loop_;
  std::chrono::steady_clock::duration turn_;
  std::deque<std::function<void()>> waiting_;
  std::function<void()> long_begins_;
  std::function<void()> long_ends_;
  std::chrono::steady_clock::time_point turn_began_;
  bool is_long_ = false;
  bool is_closed_ = false;
  // What is posted may outlive this.
  std::shared_ptr<EventGate*> self_ = std::make_shared<EventGate*>(this);
  bool is_let_in_soon_ = false;  // or is inside
};

}  // namespace terapi::simulator
