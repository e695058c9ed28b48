// terapi-simulator validate: reports line and column of each mistake in world files; scenario files
// are passed to terapi-conformance, in the same folder as this program.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "simulator/program/program.h"
#include "simulator/program/serve_flags.h"
#include "simulator/world/world.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// Scenario files are the judge's business: it knows their steps, and how their worlds are written.
bool is_scenario(const std::string& text) {
  const auto document = json::Document::parse(text, {.comments = true});
  return document && document->root()["judges"].present();
}

bool validate_scenario(const std::string& path) {
  std::error_code error;
  const std::string judge =
      (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "terapi-conformance")
          .string();
  std::string name = judge;
  std::string word = "validate";
  std::string file = path;
  std::array<char*, 4> arguments = {name.data(), word.data(), file.data(), nullptr};
  std::fflush(nullptr);
  pid_t child = 0;
  if (::posix_spawn(&child, judge.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) {
    std::fprintf(stderr, "%s: a scenario file; terapi-conformance checks these, and is not at %s\n",
                 path.c_str(), judge.c_str());
    return false;
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool validate(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  if (!file || !(content << file.rdbuf())) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    return false;
  }
  const std::string text = content.str();
  if (is_scenario(text)) {
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) return validate_scenario(path);
    std::fprintf(stderr, "%s: a scenario out of a pipe; `terapi-conformance validate` checks it\n",
                 path.c_str());
    return false;
  }
  json::Issues issues;
  static_cast<void>(read_world(text, terapi_dialect(), issues));
  if (issues.empty()) {
    std::printf("%s: good\n", path.c_str());
    return true;
  }
  std::fputs(issues_text(path, text, issues).c_str(), stderr);
  return false;
}

}  // namespace

int run_validate(const std::vector<std::string>& arguments) {
  bool help = false;
  core::Flags flags;
  flags.toggle("help", "this text", help);
  const auto files = flags.parse(arguments);
  if (!files) return report("terapi-simulator validate", files.error().code, files.error().message);
  if (help) {
    std::printf(
        "terapi-simulator validate FILE…   check world files: line and column of each "
        "mistake\n\n%s",
        flags.help().c_str());
    return 0;
  }
  if (files->empty()) {
    return report("terapi-simulator validate", "bad_usage", "no file; expected world files");
  }
  bool good = true;
  for (const std::string& path : *files) good = validate(path) && good;
  return good ? 0 : 2;
}

}  // namespace terapi::simulator
