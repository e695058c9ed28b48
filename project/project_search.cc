#include "project/project_search.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace terapi::project {
namespace {

namespace files = std::filesystem;

constexpr const char* kName = "terapi.json";

bool anybody_can_have_put(const files::path& file) {
  struct stat of_file {};
  struct stat of_folder {};
  if (::stat(file.c_str(), &of_file) != 0 || ::stat(file.parent_path().c_str(), &of_folder) != 0) {
    return true;
  }
  return of_file.st_uid != ::geteuid() && of_file.st_uid != 0 && (of_folder.st_mode & S_IWOTH) != 0;
}

// A link to what is not there is meant, too: that it cannot be read is better told than to use
// another one above.
bool is_meant(const files::path& file) {
  std::error_code error;
  return files::is_regular_file(file, error) ||
         files::symlink_status(file, error).type() == files::file_type::symlink;
}

std::string as_seen_from_here(const files::path& file) {
  std::error_code error;
  const files::path near = files::proximate(file, error);
  return error || near.empty() ? file.string() : near.string();
}

}  // namespace

std::optional<FoundProject> find_project_file(const std::string& folder) {
  std::error_code error;
  files::path at = files::canonical(folder, error);
  if (error) return std::nullopt;
  while (true) {
    const files::path file = at / kName;
    if (is_meant(file)) {
      return FoundProject{as_seen_from_here(file), anybody_can_have_put(file)};
    }
    const bool repository = files::exists(at / ".git", error);
    if (repository || at == at.parent_path()) return std::nullopt;
    at = at.parent_path();
  }
}

}  // namespace terapi::project
