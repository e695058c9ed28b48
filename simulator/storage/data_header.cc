#include "simulator/storage/data_header.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <string_view>

namespace terapi::simulator {
namespace {

using core::Error;
using core::Result;
using namespace std::string_view_literals;

// https://www.sqlite.org/fileformat2.html, "The Database Header" and "The WAL File".
constexpr std::string_view kMagic = "SQLite format 3\0"sv;
constexpr std::size_t kHeaderSize = 100;
constexpr std::uint64_t kWalHeaderSize = 32;
constexpr std::uint64_t kWalFrameHeaderSize = 24;
constexpr std::uint64_t kLockByte = 0x40000000;  // its page is never written
constexpr std::string_view kLeft = "; it was left as it is";

std::uint32_t big_endian(const unsigned char* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]};
}

// Up to `size` bytes at `offset`; how many there were, or nothing when it cannot be read.
std::optional<std::size_t> read_at(int descriptor, unsigned char* bytes, std::size_t size,
                                   std::uint64_t offset) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(descriptor, bytes + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

// Numbers of the pages that the WAL beside the file holds.
class WalPages {
 public:
  WalPages(const std::string& wal, std::uint64_t page_size) {
    const int descriptor = ::open(wal.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return;
    read(descriptor, page_size);
    ::close(descriptor);
  }
  bool hold(std::uint64_t page) const { return pages_.count(page) > 0; }

 private:
  void read(int descriptor, std::uint64_t page_size) {
    std::array<unsigned char, kWalHeaderSize> header{};
    if (read_at(descriptor, header.data(), header.size(), 0) != header.size()) return;
    const std::uint32_t magic = big_endian(header.data()) & ~1U;
    if (magic != 0x377f0682 || big_endian(header.data() + 8) != page_size) return;
    std::array<unsigned char, kWalFrameHeaderSize> frame{};
    for (std::uint64_t at = kWalHeaderSize;; at += kWalFrameHeaderSize + page_size) {
      if (read_at(descriptor, frame.data(), frame.size(), at) != frame.size()) return;
      // Frames of an earlier round have other salts.
      if (std::memcmp(frame.data() + 8, header.data() + 16, 8) != 0) return;
      pages_.insert(big_endian(frame.data()));
    }
  }

  std::set<std::uint64_t> pages_;
};

Error foreign(const std::string& path, std::string_view why) {
  return {"data_foreign", "'" + path + "' is not a database of this simulator: " +
                              std::string(why) + std::string(kLeft)};
}

Error truncated(const std::string& path, std::uint64_t size, std::uint64_t full) {
  return {"data_truncated", "'" + path + "' is cut off: it has " + std::to_string(size) +
                                " bytes of " + std::to_string(full) + std::string(kLeft)};
}

// A process that was killed while it folded the WAL into the file leaves a file that is shorter
// than its first page says, and all that is missing in the WAL: that is no damage.
Result<void> check_size(const std::string& file, const std::string& path,
                        const unsigned char* header, std::uint64_t size) {
  const std::uint64_t stored = std::uint64_t{header[16]} << 8 | header[17];
  const std::uint64_t page_size = stored == 1 ? 65536 : stored;
  if (page_size < 512 || (page_size & (page_size - 1)) != 0) {
    return Error{"data_corrupt", "'" + path + "' is damaged: it gives its page size as " +
                                     std::to_string(page_size) + std::string(kLeft)};
  }
  const std::uint64_t pages = big_endian(header + 28);
  if (size >= pages * page_size) return {};
  const WalPages wal(file + "-wal", page_size);
  for (std::uint64_t page = size / page_size + 1; page <= pages; ++page) {
    if (page == kLockByte / page_size + 1 || wal.hold(page)) continue;
    return truncated(path, size, pages * page_size);
  }
  return {};
}

}  // namespace

Error data_too_new(const std::string& path, std::int64_t version) {
  return {"data_too_new", "'" + path +
                              "' was written by a newer simulator: its format is version " +
                              std::to_string(version) + " and this one reads up to version " +
                              std::to_string(kDataVersion) + std::string(kLeft)};
}

Result<void> check_data_header(int descriptor, const std::string& file, const std::string& path) {
  std::array<unsigned char, kHeaderSize> header{};
  const std::optional<std::size_t> got = read_at(descriptor, header.data(), header.size(), 0);
  struct stat status {};
  if (!got || ::fstat(descriptor, &status) != 0) {
    return Error{"data_io", "'" + path + "' cannot be read: " + std::strerror(errno)};
  }
  const std::string_view begin(reinterpret_cast<const char*>(header.data()),
                               std::min(*got, kMagic.size()));
  if (begin != kMagic.substr(0, begin.size())) return foreign(path, "it is not a SQLite file");
  if (*got < kHeaderSize) return truncated(path, *got, kHeaderSize);
  if (big_endian(header.data() + 68) != kDataApplicationId) {
    return foreign(path, "it is a SQLite file of another program");
  }
  const std::uint32_t version = big_endian(header.data() + 60);
  if (version > kDataVersion) return data_too_new(path, version);
  if (version == 0) {
    return Error{"data_corrupt",
                 "'" + path + "' is damaged: its format has no version" + std::string(kLeft)};
  }
  return check_size(file, path, header.data(), static_cast<std::uint64_t>(status.st_size));
}

}  // namespace terapi::simulator
