#include "conformance/program/scenario_set.h"

#if __has_include(<sys/auxv.h>)
#include <sys/auxv.h>
#endif

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "conformance/scenario/step.h"
#include "core/json.h"

namespace terapi::conformance {

namespace files = std::filesystem;

namespace {

// In a checkout the scenarios are above build/bin; installed, in share/terapi.
std::string own_scenarios() {
  const files::path programs = program_folder();
  for (const char* place : {"../../scenarios", "../share/terapi/scenarios"}) {
    std::error_code error;
    const files::path folder = files::weakly_canonical(programs / place, error);
    if (!error && files::is_directory(folder)) return folder.string();
  }
#ifdef TERAPI_SOURCE_DIR
  return TERAPI_SOURCE_DIR "/scenarios";
#else  // a package knows no checkout: the first place is what the error names
  return files::weakly_canonical(programs / "../share/terapi/scenarios").string();
#endif
}

bool is_scenario_file(const files::path& path) {
  const std::string name = path.filename().string();
  return path.extension() == ".json" && !name.ends_with(".schema.json");
}

}  // namespace

std::string program_folder() {
  std::error_code error;
  files::path program = files::read_symlink("/proc/self/exe", error);
#if __has_include(<sys/auxv.h>)
  if (error) {  // in a bare chroot there is no /proc
    // NOLINTNEXTLINE(*-reinterpret-cast,performance-no-int-to-ptr): getauxval(3) has it so
    const auto* name = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
    if (name != nullptr) program = files::weakly_canonical(name, error);
  }
#endif
  return program.parent_path().string();
}

core::Result<std::string> read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || files::is_directory(path)) {
    return core::Error{"no_file", path + ": there is no such file, or it cannot be read"};
  }
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

core::Result<std::vector<std::string>> quick_scenarios(const std::string& folder) {
  const std::string path = (folder.empty() ? own_scenarios() : folder) + "/quick.jsonc";
  const auto text = read_text_file(path);
  if (!text) {
    return core::Error{"no_file", text.error().message +
                                      "; `terapi-conformance mutants --choose-quick` writes it"};
  }
  const auto document = core::json::Document::parse(*text, {.comments = true});
  if (!document) return core::Error{"bad_file", path + ": " + document.error().message};
  std::vector<std::string> ids;
  for (const core::json::Value id : document->root()["quick"].items()) {
    if (id.is_string()) ids.push_back(id.string());
  }
  if (ids.empty()) {
    return core::Error{"bad_file", path + R"(: expected {"quick": ["folder/scenario", …]})"};
  }
  return ids;
}

std::string quick_file(const std::vector<std::string>& ids, const std::string& how) {
  std::string text =
      "// What --quick plays. Written by `terapi-conformance mutants --choose-quick`;\n// " + how +
      "\n{\n  \"quick\": [";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    text += std::string(i == 0 ? "\n    " : ",\n    ") + '"' + ids[i] + '"';
  }
  return text + "\n  ]\n}\n";
}

std::string known_failing_of(const std::string& dialect) {
  const files::path file = files::path(own_scenarios()) / "known-failing" / (dialect + ".jsonc");
  std::error_code error;
  return files::is_regular_file(file, error) ? file.string() : "";
}

std::vector<std::string> scenario_files(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (files::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file() && is_scenario_file(at->path())) paths.push_back(at->path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

core::Result<std::vector<Scenario>> load_scenarios(const std::string& folder,
                                                   const std::vector<std::string>& more) {
  const std::string place = folder.empty() ? own_scenarios() : folder;
  std::vector<Scenario> scenarios;
  std::string mistakes;
  std::vector<std::string> paths = scenario_files(place);
  if (paths.empty()) return core::Error{"no_scenarios", "there is no scenario in " + place};
  for (const std::string& each : more) {
    const std::vector<std::string> found = scenario_files(each);
    if (found.empty()) return core::Error{"no_scenarios", "there is no scenario in " + each};
    paths.insert(paths.end(), found.begin(), found.end());
  }
  for (const std::string& path : paths) {
    auto text = read_text_file(path);
    auto scenario =
        text ? Scenario::parse(*std::move(text), path) : core::Result<Scenario>(text.error());
    if (!scenario) {
      mistakes += scenario.error().message + "\n";
      continue;
    }
    const auto same = std::find_if(scenarios.begin(), scenarios.end(),
                                   [&](const Scenario& other) { return other.id == scenario->id; });
    if (same != scenarios.end()) {
      mistakes += path + ": the id '" + scenario->id + "' is that of " + same->file + "\n";
    }
    scenarios.push_back(*std::move(scenario));
  }
  if (!mistakes.empty()) return core::Error{"bad_scenario", mistakes};
  std::sort(scenarios.begin(), scenarios.end(),
            [](const Scenario& a, const Scenario& b) { return a.id < b.id; });
  return scenarios;
}

}  // namespace terapi::conformance
