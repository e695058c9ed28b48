#include "client/program/dump_output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace terapi::client {

core::Result<void> DumpOutput::write() {
  std::size_t written = 0;
  while (written < buffer_.size()) {
    const ssize_t size = ::write(descriptor_, buffer_.data() + written, buffer_.size() - written);
    if (size >= 0) {
      written += static_cast<std::size_t>(size);
    } else if (errno == EAGAIN) {  // somebody else made the pipe non-blocking
      pollfd wait{descriptor_, POLLOUT, 0};
      ::poll(&wait, 1, -1);
    } else if (errno == EPIPE) {
      return core::Error{"output_closed", "the reader of the output has closed it"};
    } else if (errno != EINTR) {
      return core::Error{"output_failed",
                         std::string("the output cannot be written: ") + std::strerror(errno)};
    }
  }
  buffer_.clear();
  return {};
}

}  // namespace terapi::client
