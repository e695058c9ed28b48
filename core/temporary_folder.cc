#include "core/temporary_folder.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/check.h"

namespace terapi::core {

Result<TemporaryFolder> TemporaryFolder::make(std::string_view name, std::string_view parent) {
  std::error_code error;
  const std::filesystem::path in =
      parent.empty() ? std::filesystem::temp_directory_path(error) : std::filesystem::path(parent);
  std::string path = (in / (std::string(name) + "-XXXXXX")).string();
  if (error || ::mkdtemp(path.data()) == nullptr) {
    return Error{"cannot_write", "cannot create a folder in " + in.string() + "; check TMPDIR"};
  }
  return TemporaryFolder(At{std::move(path)});
}

TemporaryFolder::TemporaryFolder(std::string_view name, std::string_view parent) {
  Result<TemporaryFolder> made = make(name, parent);
  TERAPI_CHECK(made.has_value(), made.error().message);
  *this = *std::move(made);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  std::swap(path_, other.path_);  // whose destructor removes ours
  return *this;
}

}  // namespace terapi::core
