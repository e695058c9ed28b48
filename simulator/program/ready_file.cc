#include "simulator/program/ready_file.h"

#include <unistd.h>

#include <utility>

#include "core/json_writer.h"
#include "core/replace_file.h"

namespace terapi::simulator {

std::string ReadyFile::text_for(const ServerProcess& process) {
  core::json::Writer out;
  out.begin_object()
      .field("base_url", process.base_url())
      .field("control_url", process.base_url() + "/_simulator")
      .field("secret_key", process.secret_key())
      .field("signing_key", process.signing_key())
      .field("pid", ::getpid())
      .end_object();
  return out.take();
}

core::Result<ReadyFile> ReadyFile::write(const std::string& path, const ServerProcess& process) {
  if (path.empty()) return ReadyFile("", "");
  std::string text = text_for(process) + "\n";
  const core::Result<void> written = core::replace_file(path, text);
  if (!written)
    return core::Error{written.error().code, "--ready-file: " + written.error().message};
  return ReadyFile(path, std::move(text));
}

ReadyFile::ReadyFile(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {}

ReadyFile::ReadyFile(ReadyFile&& other) noexcept
    : path_(std::exchange(other.path_, "")), text_(std::move(other.text_)) {}

ReadyFile::~ReadyFile() {
  if (!path_.empty()) core::remove_replaced_file(path_, text_);
}

}  // namespace terapi::simulator
