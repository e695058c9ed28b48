// Breathers: how long work on a thread lets in, between two of its pieces, who waits for the same
// thread and has nothing to do with it: a look at the program's health.
//
// Loops whose number of rounds is up to whoever sends a request call core::breathe() in each. Where
// nobody waits, as in a test, in virtual time or in a program of one's own, that costs one load and
// one branch. Where somebody may (simulator/program/event_gate.h), a Breather is there, which is
// called each time: it decides whether enough time has passed, and may run anything that does not
// touch what the work is about.
//
// Thread rule: a Breather is its thread's, and nobody else's.
//
//   for (const Payload& payload : payloads) {
//     core::breathe();
//     save(payload);
//   }
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace terapi::core {

class Breather {
 public:
  // From now on `take` is called by each breathe() of this thread, but not by those within it. The
  // one that was there before is there again afterwards.
  explicit Breather(std::function<void()> take);
  ~Breather();
  Breather(const Breather&) = delete;
  Breather& operator=(const Breather&) = delete;

 private:
  friend void breathe();
  friend void breathe_until_done(const std::function<void()>& work);
  static void take_one();

  std::function<void()> take_;
  Breather* outer_;
  static constinit thread_local Breather* current_;  // NOLINT(readability-identifier-naming)
};

inline void breathe() {
  if (Breather::current_ != nullptr) [[unlikely]] {
    Breather::take_one();
  }
}

// Does what may take long and can't be cut into pieces, as the disk's sync of a file, and comes
// back when it is done: in a thread of its own, while this one breathes every few milliseconds;
// in this one where nobody would be let in. `work` must not throw.
void breathe_until_done(const std::function<void()>& work);

// For steps that are shorter than a look at the clock: breathes at some of them.
class Steps {
 public:
  void step() {
    if (++made_ % kOneIn == 0) breathe();
  }

 private:
  static constexpr std::size_t kOneIn = 256;
  std::size_t made_ = 0;
};

// Appends what may be a hundred megabytes: memory that was not used before comes page by page.
inline void append_slowly(std::string& to, std::string_view text) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  to.reserve(to.size() + text.size());
  for (std::size_t at = 0; at < text.size(); at += kPiece) {
    to.append(text.substr(at, kPiece));
    breathe();
  }
}

// Empties what may have millions of elements, which to destroy takes its time: each may hold memory
// of its own. For what would go out of scope.
template <typename Container>
void clear_slowly(Container& container) {
  Steps steps;
  if constexpr (requires { container.pop_back(); }) {
    while (!container.empty()) {
      container.pop_back();
      steps.step();
    }
  } else {
    while (!container.empty()) {
      container.erase(container.begin());
      steps.step();
    }
  }
}

}  // namespace terapi::core
