// DumpOutput: writes much text to a file descriptor, in large pieces.
//
//   DumpOutput output(STDOUT_FILENO);
//   output.buffer() += line;
//   if (!output.write_if_large()) …   // "output_closed": its reader is gone; "output_failed"
//
// SIGPIPE has to be ignored. Thread rule: one thread.
#pragma once

#include <cstddef>
#include <string>

#include "core/result.h"

namespace terapi::client {

class DumpOutput {
 public:
  explicit DumpOutput(int descriptor) : descriptor_(descriptor) { buffer_.reserve(2 * kLarge); }

  // Append to it what is to be written.
  std::string& buffer() { return buffer_; }
  core::Result<void> write_if_large() {
    return buffer_.size() < kLarge ? core::Result<void>() : write();
  }
  core::Result<void> write();

 private:
  static constexpr std::size_t kLarge = std::size_t{1} << 18;
  int descriptor_;
  std::string buffer_;
};

}  // namespace terapi::client
