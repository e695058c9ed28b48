// terapi-simulator validate: reports line and column of each mistake in world files and project
// files; scenario files are passed to terapi-conformance, in the same folder as this program.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/json_writer.h"
#include "core/printable.h"
#include "simulator/program/program.h"
#include "simulator/program/serve_flags.h"
#include "simulator/program/serve_options.h"
#include "simulator/world/world.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// Scenario files are the judge's business: it knows their steps, and how their worlds are written.
bool is_scenario(const std::string& text) {
  const auto document = json::Document::parse(text, {.comments = true});
  return document && document->root()["judges"].present();
}

bool validate_scenario(const std::string& path, bool as_json) {
  std::error_code error;
  const std::string judge =
      (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "terapi-conformance")
          .string();
  std::string name = judge;
  std::string word = "validate";
  std::string file = path;
  std::string json_flag = "--json";
  std::array<char*, 5> arguments = {name.data(), word.data(), file.data(),
                                    as_json ? json_flag.data() : nullptr, nullptr};
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

// Each mistake is a line, "FILE:LINE:COLUMN: …" as far as it has a place.
bool tell_checked(const std::string& path, const std::string& mistakes, bool as_json) {
  if (!as_json) {
    if (mistakes.empty()) {
      std::printf("%s: good\n", path.c_str());
    } else {
      const std::string safe = core::printable(mistakes, core::LineBreaks::kKeep);
      std::fprintf(stderr, "%s%s", safe.c_str(), safe.ends_with('\n') ? "" : "\n");
    }
    return mistakes.empty();
  }
  json::Writer out;
  out.begin_object().field("file", path).field("good", mistakes.empty());
  out.key("mistakes").begin_array();
  std::istringstream lines(mistakes);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) out.string(line);
  }
  out.end_array().end_object();
  std::printf("%s\n", out.take().c_str());
  return mistakes.empty();
}

// All that `serve` would say of it, and its world's mistakes.
std::string mistakes_of_project(const std::string& path) {
  ServeFlags flags;
  const auto read = flags.read({"--project=" + path}, ServeFlags::For::kServe);
  if (!read) return read.error().message;
  const auto options = options_from(flags);
  if (!options) return flags.project.placed(options.error()).message;
  const std::string& world = options->world_text;
  if (world.empty()) return "";
  json::Issues issues;
  static_cast<void>(read_world(world, *options->dialect, issues));
  return issues_text(options->world_name, world, issues);
}

bool validate(const std::string& path, bool as_json) {
  if (std::filesystem::path(path).filename() == "terapi.json") {
    return tell_checked(path, mistakes_of_project(path), as_json);
  }
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  if (!file || !(content << file.rdbuf()))
    return tell_checked(path, path + ": cannot be read", as_json);
  const std::string text = content.str();
  if (is_scenario(text)) {
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) return validate_scenario(path, as_json);
    return tell_checked(
        path, path + ": a scenario out of a pipe; `terapi-conformance validate` checks it",
        as_json);
  }
  json::Issues issues;
  static_cast<void>(read_world(text, terapi_dialect(), issues));
  return tell_checked(path, issues_text(path, text, issues), as_json);
}

}  // namespace

int run_validate(const std::vector<std::string>& arguments) {
  bool help = false;
  bool as_json = false;
  core::Flags flags;
  flags.toggle("json", "print a JSON object for each file: file, good, mistakes", as_json);
  flags.toggle("help", "this text", help);
  const auto files = flags.parse(arguments);
  if (!files) return report("terapi-simulator validate", files.error().code, files.error().message);
  if (help) {
    std::printf(
        "terapi-simulator validate FILE…   check world files and terapi.json: line and column of "
        "each mistake\n\n%s",
        flags.help().c_str());
    return 0;
  }
  if (files->empty()) {
    return report("terapi-simulator validate", "bad_usage",
                  "no file; expected world files, or terapi.json");
  }
  bool good = true;
  for (const std::string& path : *files) good = validate(path, as_json) && good;
  return good ? 0 : 2;
}

}  // namespace terapi::simulator
