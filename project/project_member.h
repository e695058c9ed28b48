// ProjectMember: what may stand in a project file, terapi.json: one table, by which the file is
// read, its JSON Schema and the table in docs/project-file.md are written, and the programs' flags
// are set. Each member stands for a flag, and its value is what the flag would be given.
//
// Thread rule: constant data.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace terapi::project {

struct ProjectMember {
  enum class Kind : std::uint8_t {
    kText,
    kTexts,    // one, or a list
    kPath,     // of a file or folder, as seen from the project file's folder
    kPaths,    // one, or a list
    kNewPath,  // one that need not be there yet
    kLoads,    // of --load: paths, or specs in which file=… is one
    kGlobs,    // of scenarios
    kNumber,
    kBoolean,
    kChoice,
    kWorld,   // the path of a world file, or a world
    kQuirks,  // {"NAME": true or false}
  };
  enum class Of : std::uint8_t { kSimulator, kJudge, kBoth };

  std::string_view name;  // "client.run" stands in the object "client"
  Kind kind;
  Of of;
  std::string_view flag;
  std::string_view what;                      // in a line
  std::string_view example;                   // as JSON
  std::vector<std::string_view> words{};      // of kChoice
  std::int64_t most = 0;                      // of kNumber
  std::vector<std::string_view> yields_to{};  // further flags that take its place
};

using MemberKind = ProjectMember::Kind;

const std::vector<ProjectMember>& project_members();

// What is said of a member that is an object: "client", "reports"; empty for any other.
std::string_view what_of_group(std::string_view name);

}  // namespace terapi::project
