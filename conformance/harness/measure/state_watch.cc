#include "conformance/harness/measure/state_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>

namespace terapi::conformance {
namespace {

// A journal that goes is a commit, too.
constexpr std::uint32_t kWrites =
    IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;

}  // namespace

core::Result<std::unique_ptr<StateWatch>> StateWatch::make(const std::string& folder) {
  const int events = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  const int stop = ::eventfd(0, EFD_CLOEXEC);
  std::unique_ptr<StateWatch> watch(new StateWatch(events, stop));
  if (events < 0 || stop < 0 || !watch->watch(folder)) {
    return core::Error{"cannot_watch",
                       "'" + folder + "' cannot be watched for writes: " + std::strerror(errno)};
  }
  watch->thread_ = std::thread([raw = watch.get()] { raw->run(); });
  return watch;
}

StateWatch::~StateWatch() {
  const std::uint64_t one = 1;
  if (thread_.joinable() && ::write(stop_, &one, sizeof one) == sizeof one) thread_.join();
  if (events_ >= 0) ::close(events_);
  if (stop_ >= 0) ::close(stop_);
}

std::vector<Moment> StateWatch::writes() const {
  const std::lock_guard lock(mutex_);
  return writes_;
}

bool StateWatch::watch(const std::string& folder) {
  const int number = ::inotify_add_watch(events_, folder.c_str(), kWrites);
  if (number < 0) return false;
  folders_[number] = folder;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_directory(error) && !entry.is_symlink(error)) watch(entry.path());
  }
  return true;
}

void StateWatch::run() {
  std::array<pollfd, 2> both{{{events_, POLLIN, 0}, {stop_, POLLIN, 0}}};
  while (true) {
    ::poll(both.data(), both.size(), -1);
    if (both[1].revents != 0) return;
    if (!drain()) continue;
    const Moment now = std::chrono::steady_clock::now();
    {
      const std::lock_guard lock(mutex_);
      writes_.push_back(now);
    }
    last_.store(now);
    const timespec pause{0, kLate.count()};
    if (::ppoll(&both[1], 1, &pause, nullptr) > 0) return;
  }
}

bool StateWatch::drain() {
  alignas(inotify_event) std::array<char, 16384> buffer;  // NOLINT: read() fills it
  bool written = false;
  while (true) {
    const ssize_t length = ::read(events_, buffer.data(), buffer.size());
    if (length <= 0) return written;
    for (ssize_t at = 0; at < length;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      at += static_cast<ssize_t>(sizeof event + event.len);
      if ((event.mask & IN_IGNORED) != 0U) continue;
      written = true;
      const bool folder = (event.mask & IN_ISDIR) != 0U;
      if (folder && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0U && event.len > 0) {
        watch(folders_[event.wd] + "/" + name);
      }
    }
  }
}

}  // namespace terapi::conformance
