#include "conformance/harness/process/state_folder.h"

#include <filesystem>
#include <utility>

#include "conformance/harness/process/child_process.h"

namespace terapi::conformance {
namespace {

constexpr const char* kVariable = "TERAPI_STATE_DIR";

}  // namespace

core::Result<std::unique_ptr<StateFolder>> StateFolder::make(std::string_view name) {
  auto folder = core::TemporaryFolder::make(name);
  if (!folder) return folder.error();
  std::unique_ptr<StateFolder> made(new StateFolder(*std::move(folder)));
  std::error_code error;
  std::filesystem::create_directory(made->path_, error);
  if (error) return core::Error{"cannot_write", error.message()};
  return made;
}

StateFolder::StateFolder(core::TemporaryFolder folder)
    : folder_(std::move(folder)),
      path_(folder_.file("state")),
      live_(folder_.path(), kVariable, path_) {}

void StateFolder::kill_its_processes() const { kill_leftovers(kVariable, path_); }

}  // namespace terapi::conformance
