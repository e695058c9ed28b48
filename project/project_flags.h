// ProjectFlags: --project and --no-project, and what the project file says in place of flags that
// were not given.
//
//   ProjectFlags project;
//   project.add_to(flags);
//   const auto rest = flags.parse(arguments);
//   const auto use = project.apply(flags, arguments, [](const ProjectMember& member) { … });
//   if (use->file) tell("project file " + use->file->path());
//
// Thread rule: a value.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/flags.h"
#include "core/result.h"
#include "project/project_file.h"

namespace terapi::project {

// What came of it.
struct ProjectUse {
  std::optional<ProjectFile> file{};             // the project's, where there is one
  std::set<std::string, std::less<>> members{};  // that hold, for no flag takes their place
  std::string passed_over{};                     // one that was found and is not used, and why

  bool has(std::string_view member) const { return members.contains(member); }
  // "project file ../terapi.json"; what was passed over; or nothing, in which case it is empty.
  std::string notice() const;
  // Of an error that names a flag, "--webhook-url: …": with the member that said so in its place,
  // and where it stands. Any other error as it is.
  core::Error placed(const core::Error& error) const;
};

class ProjectFlags {
 public:
  void add_to(core::Flags& flags);
  // --no-project was given.
  bool none() const { return none_; }
  // Sets, of these flags, those that the arguments do not give, and only for the members that are
  // taken. Codes "no_file", "bad_project": a line for each mistake.
  core::Result<ProjectUse> apply(const core::Flags& flags,
                                 const std::vector<std::string>& arguments,
                                 const std::function<bool(const ProjectMember&)>& takes) const;

 private:
  core::Result<ProjectUse> find() const;
  std::string file_;  // empty: it is searched for
  bool none_ = false;
};

}  // namespace terapi::project
