// Turns: how long work on the simulator's thread gives way to whoever waits for the same thread. In
// a program with sockets these are requests; in process nobody waits, and all members are empty.
#pragma once

#include <functional>

namespace terapi::simulator {

struct Turns {
  std::function<void()> begin;    // a turn begins now
  std::function<bool()> is_over;  // the turn has taken its time
  // Calls back when everybody else has had a turn.
  std::function<void(std::function<void()>)> go_on;
};

}  // namespace terapi::simulator
