#include "project/project_draft.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <sstream>

#include "core/json.h"
#include "core/shell_word.h"
#include "project/project_member.h"

namespace terapi::project {
namespace {

namespace files = std::filesystem;
namespace json = core::json;

bool is_file(const files::path& path) {
  std::error_code error;
  return files::is_regular_file(path, error);
}

// The first of these that is in the folder, or "".
std::string first_of(const files::path& folder, std::initializer_list<const char*> names) {
  const auto* const found = std::find_if(names.begin(), names.end(),
                                         [&](const char* name) { return is_file(folder / name); });
  return found == names.end() ? "" : *found;
}

std::string text_of(const files::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Commands {
  std::string run;
  std::string dump;
};

// What would print what it has stored, nobody can guess of a file.
Commands of_program(const std::string& program, const std::string& file) {
  return {file.empty() ? "" : program + " " + core::shell_word(file), ""};
}

// By its scripts, where one is called like a sync; else by the file that is its main one.
Commands of_node(const files::path& folder) {
  const auto package = json::Document::parse(text_of(folder / "package.json"));
  if (package) {
    const json::Value scripts = package->root()["scripts"];
    Commands found;
    for (const char* name : {"sync", "terapi", "client"}) {
      if (found.run.empty() && scripts[name].is_string()) {
        found.run = std::string("npm run --silent ") + name;
      }
    }
    for (const char* name : {"dump", "sync:dump", "terapi:dump", "client:dump"}) {
      if (found.dump.empty() && scripts[name].is_string()) {
        found.dump = std::string("npm run --silent ") + name;
      }
    }
    if (!found.run.empty()) return found;
    const std::string main = package->root()["main"].string();
    if (!main.empty() && is_file(folder / main)) return of_program("node", main);
  }
  return of_program(
      "node", first_of(folder, {"client.mjs", "client.js", "sync.mjs", "sync.js", "src/client.mjs",
                                "src/client.js", "src/sync.js", "src/main.js", "index.js"}));
}

struct KindOfProject {
  const char* mark;  // the file by which the kind of project is known
  Commands (*commands)(const files::path& folder);
};

const std::initializer_list<KindOfProject>& kinds() {
  static const std::initializer_list<KindOfProject> kKinds = {
      {"package.json", of_node},
      {"pyproject.toml",
       [](const files::path& folder) {
         return of_program("python3", first_of(folder, {"client.py", "sync.py", "main.py",
                                                        "src/client.py", "src/main.py"}));
       }},
      {"go.mod",
       [](const files::path& folder) {
         return is_file(folder / "main.go") ? Commands{"go run .", ""} : Commands{};
       }},
      {"Gemfile",
       [](const files::path& folder) {
         return of_program("bundle exec ruby",
                           first_of(folder, {"client.rb", "sync.rb", "main.rb", "lib/client.rb"}));
       }},
  };
  return kKinds;
}

// "  // what it is\n  \"name\": value" for each member in the order of the file.
class Members {
 public:
  // One that is not known stays a comment, with the example: it goes before a known one, so that
  // the commas are right once somebody takes the comment away.
  Members& add(const std::string& indent, std::string_view name, const std::string& value) {
    const ProjectMember& member = member_called(name);
    const std::string_view key =
        name.substr(name.find('.') == std::string_view::npos ? 0 : name.find('.') + 1);
    text_ += indent + "// " + std::string(member.what) + "\n" + indent;
    if (value.empty()) text_ += "// ";
    text_ += json::quoted(key) + ": " + (value.empty() ? std::string(member.example) : value);
    last_comma_ = text_.size();
    text_ += ",\n";
    return *this;
  }
  std::string without_last_comma() const {
    std::string text = text_;
    text.erase(last_comma_, 1);
    return text;
  }
  const std::string& text() const { return text_; }

 private:
  static const ProjectMember& member_called(std::string_view name) {
    const auto& members = project_members();
    return *std::find_if(members.begin(), members.end(),
                         [&](const ProjectMember& member) { return member.name == name; });
  }
  std::string text_;
  std::size_t last_comma_ = 0;
};

std::string quoted_or_empty(const std::string& text) {
  return text.empty() ? "" : json::quoted(text);
}

}  // namespace

std::string ProjectDraft::guess(const std::string& folder) {
  const files::path here(folder);
  if (world.empty()) {
    world =
        first_of(here, {"terapi/world.json", "tests/world.json", "test/world.json", "world.json"});
  }
  std::error_code error;
  if (scenarios.empty() && files::is_directory(here / "terapi/scenarios", error)) {
    scenarios = "terapi/scenarios";
  }
  if (!run.empty()) return "";
  for (const KindOfProject& kind : kinds()) {
    if (!is_file(here / kind.mark)) continue;
    const Commands commands = kind.commands(here);
    if (commands.run.empty()) continue;
    run = commands.run;
    if (dump.empty()) dump = commands.dump;
    return kind.mark;
  }
  return "";
}

std::string ProjectDraft::text() const {
  Members members;
  members.add("  ", "world", quoted_or_empty(world))
      .add("  ", "clock", json::quoted(clock))
      .add("  ", "webhook_url", quoted_or_empty(webhook_url))
      .add("  ", "scenarios", quoted_or_empty(scenarios))
      .add("  ", "skip", "");
  Members client;
  client.add("    ", "client.dump", quoted_or_empty(dump))
      .add("    ", "client.run", quoted_or_empty(run));
  const std::string before =
      "// What terapi-simulator, terapi-conformance and the kits for tests find here, so that they "
      "need no flags.\n"
      "// A flag wins over what is written here. Paths are as seen from this file's folder, in "
      "which commands run.\n{\n";
  Members dialect_member;
  dialect_member.add("  ", "dialect", json::quoted(dialect));
  if (run.empty()) {
    return before + members.text() + "  // " + std::string(what_of_group("client")) +
           "\n  // \"client\": { \"run\": \"node client.mjs\", \"dump\": \"node client.mjs dump\" "
           "},\n" +
           dialect_member.without_last_comma() + "}\n";
  }
  return before + members.text() + dialect_member.text() + "  // " +
         std::string(what_of_group("client")) + "\n  \"client\": {\n" +
         client.without_last_comma() + "  }\n}\n";
}

}  // namespace terapi::project
