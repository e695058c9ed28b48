// Lifeline: a pipe or socket that another process holds the other end of for as long as it wants
// this program to run: a test runner, say. The kernel lets go of that end whatever becomes of the
// process, SIGKILL included; and a process that is told of its parent's death would be told of the
// death of the thread that started it as well.
//
// What comes through it is read and not looked at. A value.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "core/result.h"
#include "core/system/event_loop.h"
#include "core/system/pipe_reader.h"

namespace terapi::simulator {

class Lifeline {
 public:
  // Of that file descriptor; of none, one that never ends. To be made before anything is opened
  // that could get the same number. Programs that this one starts do not get it. Code "bad_usage":
  // it is not open, or neither a pipe nor a socket.
  static core::Result<Lifeline> on(std::optional<std::uint64_t> descriptor);

  // Calls back once, when nobody holds the other end any more, also where that was so before. On
  // the loop's thread, for as long as the answer lives, which the loop has to outlive. To be called
  // once.
  std::unique_ptr<core::PipeReader> watch(core::EventLoop& loop,
                                          std::function<void()> on_end) const;

 private:
  explicit Lifeline(std::optional<int> descriptor) : descriptor_(descriptor) {}
  std::optional<int> descriptor_;
};

}  // namespace terapi::simulator
