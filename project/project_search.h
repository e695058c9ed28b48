// Where the project file is: terapi.json in a folder or the nearest one above it, up to and with
// the root of the repository (the folder that holds .git), or else the filesystem's.
//
// Pure functions of the file system; any thread.
#pragma once

#include <optional>
#include <string>

namespace terapi::project {

struct FoundProject {
  std::string path;  // as seen from the working directory: "terapi.json", "../terapi.json"
  // True where anybody can have put it there: somebody else's file, in a folder that all may write
  // to. It names commands, so it is not used unless it is named.
  bool doubtful = false;
};

// From this folder on; none: there is no such file.
std::optional<FoundProject> find_project_file(const std::string& folder);

}  // namespace terapi::project
