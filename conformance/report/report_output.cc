#include "conformance/report/report_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace terapi::conformance {
namespace {

int g_claimed = -1;  // what standard output was

}  // namespace

core::Result<void> claim_standard_output() {
  if (g_claimed >= 0) {
    return core::Error{"bad_usage", "two reports cannot both go to standard output ('-')"};
  }
  std::fflush(stdout);
  g_claimed = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);  // not for the children
  if (g_claimed < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    return core::Error{"bad_usage", "'-': standard output is closed"};
  }
  return {};
}

core::Result<void> write_to_standard_output(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(g_claimed, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return core::Error{"not_written", "standard output cannot be written"};
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace terapi::conformance
