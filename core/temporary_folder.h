// TemporaryFolder: a new, empty folder where the machine keeps temporary files. It is removed with
// everything in it when this is destroyed. Thread rule: a value that is moved, not copied.
//
//   auto folder = TemporaryFolder::make("terapi-client");   // "cannot_write" where none can be
//   made folder->file("output.log")                              //
//   "/tmp/terapi-client-x7Fa2k/output.log"
//
//   const TemporaryFolder folder;                           // in a test: aborts instead
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace terapi::core {

class TemporaryFolder {
 public:
  // `parent`: empty for the machine's usual one.
  static Result<TemporaryFolder> make(std::string_view name, std::string_view parent = "");
  explicit TemporaryFolder(std::string_view name = "terapi", std::string_view parent = "");
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;

  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  struct At {
    std::string path;
  };
  explicit TemporaryFolder(At at) : path_(std::move(at.path)) {}

  std::string path_;  // empty: there is none, it was moved away
};

}  // namespace terapi::core
