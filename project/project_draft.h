// ProjectDraft: the project file that `terapi-conformance init` writes: what is known of a project,
// the guesses that its folder allows, and the text, with a comment for each member.
//
// Thread rule: values.
#pragma once

#include <string>

namespace terapi::project {

struct ProjectDraft {
  // Empty: not known; it is in the file as a comment, to be filled in.
  std::string world{};
  std::string webhook_url{};
  std::string run{};
  std::string dump{};
  std::string scenarios{};
  std::string dialect = "terapi";
  std::string clock = "virtual";

  // What the folder lets one guess: commands from package.json, pyproject.toml, go.mod or a
  // Gemfile; a world file and scenarios where they usually lie. Only what is empty is set. What
  // that was, "package.json", or "".
  std::string guess(const std::string& folder);
  // The whole file: JSON with comments, which ProjectFile reads.
  std::string text() const;
};

}  // namespace terapi::project
