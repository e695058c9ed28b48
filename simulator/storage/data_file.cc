#include "simulator/storage/data_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>

#include "simulator/storage/data_header.h"

namespace terapi::simulator {
namespace {

using core::Error;
using core::Result;

constexpr int kAttempts = 100;

Error io_error(const std::string& path, const std::string& what) {
  return {"data_io", "'" + path + "' " + what};
}

Error in_use(const std::string& path, std::optional<pid_t> owner) {
  std::string message = "'" + path + "' is in use by another simulator";
  if (owner) message += " (pid " + std::to_string(*owner) + ")";
  return {"data_in_use", message};
}

// The files that this process has claimed, and its pid then (a forked child inherits the claim).
class Claims {
 public:
  static Claims& of_this_process() {
    static Claims claims;
    return claims;
  }
  std::optional<pid_t> owner(const struct stat& file) {
    const std::lock_guard lock(mutex_);
    const auto found = owners_.find({file.st_dev, file.st_ino});
    return found == owners_.end() ? std::nullopt : std::optional(found->second);
  }
  void add(const struct stat& file) {
    const std::lock_guard lock(mutex_);
    owners_[{file.st_dev, file.st_ino}] = ::getpid();
  }
  void remove(const struct stat& file) {
    const std::lock_guard lock(mutex_);
    owners_.erase({file.st_dev, file.st_ino});
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<dev_t, ino_t>, pid_t> owners_;
};

// Who holds the flock: /proc/locks has lines like "1: FLOCK ADVISORY WRITE 2711 fe:00:10952 0 EOF".
std::optional<pid_t> flock_holder(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return std::nullopt;
  const std::string inode = ":" + std::to_string(status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, mode, file;
    long pid = 0;
    if (!(words >> number >> kind >> advisory >> mode >> pid >> file)) continue;
    if (kind == "FLOCK" && file.ends_with(inode) && pid > 0) return static_cast<pid_t>(pid);
  }
  return std::nullopt;
}

// Why a file of that kind cannot be used, or nothing.
std::optional<std::string> unusable(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return "is a directory; expected a file";
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  return std::nullopt;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string why_not_opened(const std::string& path, int error) {
  const std::string folder = folder_of(path);
  struct stat status {};
  if (error == ENOENT && ::stat(folder.c_str(), &status) != 0) {
    return "cannot be made: there is no folder '" + folder + "'";
  }
  return std::string("cannot be opened for writing: ") + std::strerror(error);
}

void remove_logs_of(const std::string& file) {
  for (const char* suffix : {"-journal", "-wal", "-shm"}) ::unlink((file + suffix).c_str());
}

// What an attempt to fill the file may have left that was killed or failed.
void remove_all_of(const std::string& file) {
  ::unlink(file.c_str());
  remove_logs_of(file);
}

}  // namespace

Result<std::unique_ptr<DataFile>> DataFile::claim(const std::string& path, const Make& make) {
  // Two threads must not find the file unclaimed at once.
  static std::mutex claiming;
  const std::lock_guard lock(claiming);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::unique_ptr<DataFile> claim(new DataFile(path));
    Result<void> opened = claim->open();
    if (!opened) return opened.error();
    Result<bool> locked = claim->lock();
    if (!locked) return locked.error();
    if (!*locked) continue;
    if (claim->empty()) {
      Result<void> filled = claim->fill(make);
      if (!filled) return filled.error();
      continue;  // another file is at the path now: the full one
    }
    Result<void> checked = check_data_header(claim->descriptor_, claim->file_, path);
    if (!checked) return checked.error();
    return claim;
  }
  return io_error(path, "was replaced again and again while it was being opened");
}

Result<void> DataFile::open() {
  struct stat status {};
  if (::stat(path_.c_str(), &status) == 0) {
    if (const auto reason = unusable(status)) return io_error(path_, *reason);
    if (const auto owner = Claims::of_this_process().owner(status)) return in_use(path_, owner);
  } else {
    made_ = true;
  }
  const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const int descriptor = ::open(path_.c_str(), flags, 0666);
  if (descriptor < 0) return io_error(path_, why_not_opened(path_, errno));
  descriptor_ = descriptor;
  char* real = ::realpath(path_.c_str(), nullptr);
  if (real == nullptr) return io_error(path_, std::string("has no path: ") + std::strerror(errno));
  file_ = real;
  std::free(real);
  return {};
}

Result<bool> DataFile::lock() {
  while (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return in_use(path_, flock_holder(descriptor_));
    return io_error(path_, std::string("cannot be locked: ") + std::strerror(errno));
  }
  struct stat opened {};
  struct stat named {};
  if (::fstat(descriptor_, &opened) != 0) {
    return io_error(path_, std::string("cannot be read: ") + std::strerror(errno));
  }
  if (const auto reason = unusable(opened)) return io_error(path_, *reason);
  if (::stat(file_.c_str(), &named) != 0) return false;
  if (opened.st_ino != named.st_ino || opened.st_dev != named.st_dev) return false;
  Claims::of_this_process().add(opened);
  claimed_ = true;
  return true;
}

bool DataFile::empty() const {
  struct stat status {};
  return ::fstat(descriptor_, &status) == 0 && status.st_size == 0;
}

bool DataFile::has_log() const {
  struct stat status {};
  return ::stat((file_ + "-wal").c_str(), &status) == 0 && status.st_size > 0;
}

// Made beside it and renamed into place, so that whatever a kill leaves is an empty file or a
// complete one. The lock on the empty one keeps others away meanwhile.
Result<void> DataFile::fill(const Make& make) const {
  const std::string fresh = file_ + "-making";
  remove_all_of(fresh);
  Result<void> done = make(fresh);
  // Logs of a database that someone removed: SQLite would replay them into this one.
  remove_logs_of(file_);
  if (done && ::rename(fresh.c_str(), file_.c_str()) != 0) {
    done = io_error(path_, std::string("cannot be made: ") + std::strerror(errno));
  }
  if (!done) {
    remove_all_of(fresh);
    if (made_) ::unlink(file_.c_str());
  }
  return done;
}

DataFile::~DataFile() {
  if (descriptor_ < 0) return;
  struct stat status {};
  if (claimed_ && ::fstat(descriptor_, &status) == 0) Claims::of_this_process().remove(status);
  ::close(descriptor_);
}

}  // namespace terapi::simulator
