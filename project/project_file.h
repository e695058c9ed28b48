// ProjectFile: a project file, terapi.json, read and checked: what a project wants fixed of the
// programs' flags. JSON with comments. Paths in it are as seen from its folder.
//
//   auto file = ProjectFile::read("../terapi.json");
//   for (const ProjectSetting& setting : file->settings()) …   // --world ../worlds/demo.json
//
// Thread rule: a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_fields.h"
#include "core/result.h"
#include "project/project_member.h"

namespace terapi::project {

// What a member says, as the flag that it stands for. A list is several of them.
struct ProjectSetting {
  const ProjectMember* member = nullptr;
  std::string value;  // empty for a flag without one, and for a world that stands in the file
  std::size_t offset = 0;
};

// A glob of "filter" or "skip".
struct ProjectGlob {
  std::string glob;
  std::size_t offset = 0;
};

class ProjectFile {
 public:
  // `path` is what it is called in messages, too. Codes "no_file"; "bad_project", a line for each
  // mistake: file, line, column, member, and what was expected.
  static core::Result<ProjectFile> read(const std::string& path);
  static core::Result<ProjectFile> parse(std::string text, std::string path);

  const std::string& path() const { return path_; }
  // As seen from the working directory: ".", "..", "/srv/shop".
  const std::string& folder() const { return folder_; }
  const std::vector<ProjectSetting>& settings() const { return settings_; }
  const std::vector<ProjectGlob>& globs() const { return globs_; }
  // The world that stands in the file, with nothing before it but the white space that gives it
  // the file's lines and columns; empty: there is none.
  std::string world_text() const;
  // "terapi.json:3:5", for an offset of a setting or glob.
  std::string place(std::size_t offset) const;

 private:
  friend class ProjectReader;
  std::string path_;
  std::string folder_;
  std::string text_;
  std::vector<ProjectSetting> settings_;
  std::vector<ProjectGlob> globs_;
  std::size_t world_begin_ = 0;
  std::size_t world_end_ = 0;
};

}  // namespace terapi::project
