// PipeReader: what comes out of a pipe, as it comes: of a child process, say, whose output nobody
// wants on a disk. Whoever writes waits while nobody reads: the pipe holds little.
//
//   PipeReader reader(loop, read_end, [&](std::string_view bytes) { kept.add(bytes); });
//
// Thread rule: the loop's thread. The loop has to outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "core/system/event_loop.h"

namespace terapi::core {

class PipeReader {
 public:
  // Takes the descriptor over. `on_end`, if there is one, is called once, by the loop: nobody holds
  // the pipe's other end any more. Neither may destroy the reader.
  PipeReader(EventLoop& loop, int descriptor, std::function<void(std::string_view)> on_bytes,
             std::function<void()> on_end = {});
  // Closes the pipe: who still writes there gets an error.
  ~PipeReader();
  PipeReader(const PipeReader&) = delete;
  PipeReader& operator=(const PipeReader&) = delete;

  // Takes what is in the pipe at this moment, without waiting: the last words of a writer that has
  // ended. At most `most` bytes: another one may go on writing.
  void drain(std::size_t most = std::size_t{4} << 20);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace terapi::core
