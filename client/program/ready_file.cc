#include "client/program/ready_file.h"

#include <unistd.h>

#include <optional>

#include "core/json_writer.h"
#include "core/replace_file.h"

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
  const core::Result<void> written = core::replace_file(path, json());
  if (written) return {};
  return core::Error{written.error().code, "--ready-file: " + written.error().message};
}

void ReadyFile::remove(const std::string& path) const { core::remove_replaced_file(path, json()); }

}  // namespace terapi::client
