#include "simulator/program/lifeline.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>

namespace terapi::simulator {

core::Result<Lifeline> Lifeline::on(std::optional<std::uint64_t> descriptor) {
  if (!descriptor) return Lifeline(std::nullopt);
  const int number = static_cast<int>(*descriptor);
  const std::string flag = "--stop-with-fd " + std::to_string(number) + ": ";
  const std::string expected =
      "; expected a pipe or socket, whose other end is held by the process to stop with";
  struct stat about = {};
  if (::fstat(number, &about) != 0) {
    return core::Error{"bad_usage", flag + "that file descriptor is not open" + expected};
  }
  if (!S_ISFIFO(about.st_mode) && !S_ISSOCK(about.st_mode)) {
    return core::Error{"bad_usage", flag + "it is neither a pipe nor a socket" + expected};
  }
  if ((::fcntl(number, F_GETFL) & O_ACCMODE) == O_WRONLY) {
    return core::Error{"bad_usage", flag + "it is the end that is written to" + expected};
  }
  ::fcntl(number, F_SETFD, FD_CLOEXEC);
  return Lifeline(number);
}

std::unique_ptr<core::PipeReader> Lifeline::watch(core::EventLoop& loop,
                                                  std::function<void()> on_end) const {
  if (!descriptor_) return nullptr;
  return std::make_unique<core::PipeReader>(
      loop, *descriptor_, [](std::string_view) {}, std::move(on_end));
}

}  // namespace terapi::simulator
