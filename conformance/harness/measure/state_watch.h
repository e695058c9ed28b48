// StateWatch: when something was written into a folder, as inotify(7) tells it: files that change,
// come, go or are renamed, in the folder and in those within. What is written through a mapping of
// memory is not seen, nor is what happens elsewhere.
//
// It has a thread of its own, which takes the time when it is told, at most so often that watching
// costs next to nothing: a time is never earlier than the write, and at most kLate later where the
// thread gets its turn.
//
// Thread rule: any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "conformance/harness/measure/trail.h"
#include "core/result.h"

namespace terapi::conformance {

class StateWatch {
 public:
  static constexpr std::chrono::nanoseconds kLate = std::chrono::microseconds(500);

  // Code "cannot_watch".
  static core::Result<std::unique_ptr<StateWatch>> make(const std::string& folder);
  ~StateWatch();
  StateWatch(const StateWatch&) = delete;
  StateWatch& operator=(const StateWatch&) = delete;

  // In order.
  std::vector<Moment> writes() const;
  // Moment::min(): nothing was written.
  Moment last() const { return last_.load(); }

 private:
  StateWatch(int events, int stop) : events_(events), stop_(stop) {}
  bool watch(const std::string& folder);
  void run();
  // What is there to be read; true: something was written.
  bool drain();

  int events_;
  int stop_;
  std::map<int, std::string> folders_;  // by the number of their watch
  std::atomic<Moment> last_{Moment::min()};
  mutable std::mutex mutex_;
  std::vector<Moment> writes_;
  std::thread thread_;
};

}  // namespace terapi::conformance
