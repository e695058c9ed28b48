// ReadyFile: tells the program's caller that it serves, and where: {"base_url","control_url",
// "secret_key","signing_key","pid"}. It goes away with the object, unless another process has
// written there meanwhile.
#pragma once

#include <string>

#include "core/result.h"
#include "simulator/program/server_process.h"

namespace terapi::simulator {

class ReadyFile {
 public:
  // What it says, without a line end.
  static std::string text_for(const ServerProcess& process);
  // `path` "" writes nothing. What is no regular file is written to and stays
  // (core/replace_file.h). Code "no_file".
  static core::Result<ReadyFile> write(const std::string& path, const ServerProcess& process);
  ReadyFile(ReadyFile&& other) noexcept;
  ReadyFile& operator=(ReadyFile&&) = delete;
  ~ReadyFile();

 private:
  ReadyFile(std::string path, std::string text);
  std::string path_;
  std::string text_;
};

}  // namespace terapi::simulator
