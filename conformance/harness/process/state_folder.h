// StateFolder: the folder of one client under test, which is told of it by TERAPI_STATE_DIR: the
// only place of the client's that survives a kill. It is gone with this, also when the judge is
// interrupted.
//
// Thread rule: one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "conformance/harness/process/live_folders.h"
#include "core/result.h"
#include "core/temporary_folder.h"

namespace terapi::conformance {

class StateFolder {
 public:
  // `name`: what its name in the machine's temporary folder begins with. Code "cannot_write".
  static core::Result<std::unique_ptr<StateFolder>> make(std::string_view name);

  const std::string& path() const { return path_; }
  // Kills every process that was told of it, also those that have left the client's group.
  void kill_its_processes() const;

 private:
  explicit StateFolder(core::TemporaryFolder folder);

  core::TemporaryFolder folder_;
  std::string path_;
  LiveFolder live_;
};

}  // namespace terapi::conformance
