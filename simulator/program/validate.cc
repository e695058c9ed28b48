// terapi-simulator validate: says line and column of each fault in world files, and in the worlds
// (`given`) of scenario files.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "simulator/program/program.h"
#include "simulator/program/serve_flags.h"
#include "simulator/world.h"

namespace terapi::simulator {
namespace {

namespace json = core::json;

// A scenario's world is the member `given`; its issues are told at their places in the whole file.
std::size_t world_offset(const std::string& text, std::string& world) {
  world = text;
  const auto document = json::Document::parse(text, {.comments = true});
  if (!document) return 0;
  const json::Value given = document->root()["given"];
  if (!given.is_object()) return 0;
  world = std::string(given.text());
  return given.offset();
}

bool validate(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  if (!file || !(content << file.rdbuf())) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    return false;
  }
  const std::string text = content.str();
  std::string world;
  const std::size_t offset = world_offset(text, world);
  json::Issues issues;
  static_cast<void>(read_world(world, terapi_dialect(), issues));
  for (json::Issue& issue : issues) {
    if (issue.offset != std::string::npos) issue.offset += offset;
  }
  if (issues.empty()) {
    std::printf("%s: good\n", path.c_str());
    return true;
  }
  std::fputs(issues_text(path, text, issues).c_str(), stderr);
  return false;
}

}  // namespace

int run_validate(const std::vector<std::string>& arguments) {
  const auto files = core::Flags().parse(arguments);
  if (!files) return report("terapi-simulator validate", files.error().code, files.error().message);
  if (files->empty()) {
    return report("terapi-simulator validate", "bad_usage", "no file; expected world files");
  }
  bool good = true;
  for (const std::string& path : *files) good = validate(path) && good;
  return good ? 0 : 2;
}

}  // namespace terapi::simulator
