#include "core/replace_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace terapi::core {

Result<void> replace_file(const std::string& path, std::string_view text) {
  const std::string beside = path + ".tmp." + std::to_string(::getpid());
  std::error_code error;
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) std::filesystem::rename(beside, path, error);
  if (file && !error) return {};
  std::filesystem::remove(beside, error);
  return Error{"no_file", "'" + path + "' cannot be written"};
}

}  // namespace terapi::core
