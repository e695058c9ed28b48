#include "core/standard_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace terapi::core {

Result<void> flush_output() {
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  const int why = errno;
  // An earlier piece may be lost though there is nothing left to write.
  if (flushed && std::ferror(stdout) == 0) return {};
  std::clearerr(stdout);  // told once
  const std::string reason = why != 0 ? std::string(": ") + std::strerror(why) : std::string();
  return Error{"output_failed", "the output cannot be written" + reason};
}

int exit_code_with_output(const std::string& program, int code) {
  const Result<void> written = flush_output();
  if (written) return code;
  std::fprintf(stderr, "%s: %s\n", program.c_str(), written.error().message.c_str());
  return 2;
}

}  // namespace terapi::core
