#include "core/replace_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace terapi::core {
namespace {

namespace fs = std::filesystem;

Error not_written(const std::string& path, const std::string& why = "") {
  return {"no_file", "'" + path + "' cannot be written" + (why.empty() ? "" : ": " + why)};
}

// The file itself, where `path` is a link to it.
fs::path file_behind(const std::string& path) {
  std::error_code error;
  const fs::path file = fs::canonical(path, error);
  return error ? fs::path(path) : file;
}

// Whole, since it is short; without waiting for a FIFO's reader that may never come.
Result<void> write_in_place(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return not_written(path, errno == ENXIO ? "nobody reads from it" : std::strerror(errno));
  }
  const ssize_t written = ::write(descriptor, text.data(), text.size());
  const int failed = written < 0 ? errno : 0;
  ::close(descriptor);
  if (failed != 0) return not_written(path, std::strerror(failed));
  if (static_cast<std::size_t>(written) < text.size()) return not_written(path, "it is full");
  return {};
}

Result<void> write_beside_and_rename(const std::string& path, const fs::path& file,
                                     std::string_view text) {
  const std::string beside = file.string() + ".tmp." + std::to_string(::getpid());
  std::error_code error;
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out) fs::rename(beside, file, error);
  if (out && !error) return {};
  fs::remove(beside, error);
  return not_written(path);
}

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view text) {
  std::error_code error;
  const bool is_link = fs::is_symlink(path, error);
  const fs::file_status status = fs::status(path, error);
  const bool is_new = !fs::exists(status) && !is_link;
  if (is_new || fs::is_regular_file(status) || fs::is_directory(status)) {
    return write_beside_and_rename(path, file_behind(path), text);
  }
  return write_in_place(path, text);
}

void remove_replaced_file(const std::string& path, std::string_view text) {
  std::error_code error;
  const fs::path file = file_behind(path);
  if (!fs::is_regular_file(file, error) || fs::file_size(file, error) != text.size()) return;
  std::ifstream in(file, std::ios::binary);
  const std::string held{std::istreambuf_iterator<char>(in), {}};
  if (held == text) fs::remove(file, error);
}

}  // namespace terapi::core
