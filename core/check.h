// TERAPI_CHECK(condition, message): aborts with the place and the message when an invariant of our
// own is broken. Never for input from outside: that gets an answer or an Error.
//
// A state machine says what always holds between two events in `void check_invariants() const`, and
// calls core::check_invariants(*this) at the end of each event:
//
//   void Door::check_invariants() const {
//     TERAPI_CHECK(!locked_ || shut_, "a locked door is shut");
//   }
//   void Door::push() { …; core::check_invariants(*this); }
//
// Debug builds, tests and the judge make these checks; in a program that serves they cost one load
// and one branch.
#pragma once

#include <atomic>
#include <string_view>

namespace terapi::core {

[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               std::string_view message);

// From now on, in this whole process, state machines check themselves. Builds without NDEBUG start
// so.
void always_check_invariants();

namespace internal {
extern std::atomic<bool> checks_invariants;
}

template <typename Machine>
void check_invariants(const Machine& machine) {
  if (internal::checks_invariants.load(std::memory_order_relaxed)) [[unlikely]] {
    machine.check_invariants();
  }
}

}  // namespace terapi::core

#define TERAPI_CHECK(condition, message)                                       \
  do {                                                                         \
    if (!(condition)) [[unlikely]]                                             \
      ::terapi::core::check_failed(__FILE__, __LINE__, #condition, (message)); \
  } while (false)
