#include "client/program/ready_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "core/json_writer.h"

namespace terapi::client {

std::string ReadyFile::json() const {
  const auto or_null = [](const std::string& url) {
    return url.empty() ? std::nullopt : std::optional(url);
  };
  core::json::Writer out;
  out.begin_object()
      .optional_field("webhook_url", or_null(webhook_url))
      .optional_field("metrics_url", or_null(metrics_url))
      .field("pid", ::getpid())
      .end_object();
  return out.take() + "\n";
}

core::Result<void> ReadyFile::write(const std::string& path) const {
  const core::Error failed{"no_file", "--ready-file: '" + path + "' cannot be written"};
  const std::string beside = path + ".tmp." + std::to_string(::getpid());
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file << json();
    if (!file.flush()) return failed;
  }
  std::error_code error;
  std::filesystem::rename(beside, path, error);
  if (!error) return {};
  std::filesystem::remove(beside, error);
  return failed;
}

}  // namespace terapi::client
