// For tests: the scenario files that judge a server. Thread rule: the test's thread.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "core/test_places.h"

namespace terapi::conformance {

inline core::Result<Scenario> server_scenario(const std::string& file) {
  std::ifstream in(std::filesystem::path(core::source_folder()) / "scenarios" / file,
                   std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return Scenario::parse(text.str(), file);
}

// "server/actions.json", …: those of these folders that judge a server, in order.
inline std::vector<std::string> server_scenario_files() {
  std::vector<std::string> files;
  for (const char* folder : {"server", "webhooks", "security", "syncs"}) {
    const auto root = std::filesystem::path(core::source_folder()) / "scenarios" / folder;
    if (!std::filesystem::exists(root)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(root)) {
      if (entry.path().extension() != ".json") continue;
      const std::string file = std::string(folder) + "/" + entry.path().filename().string();
      const auto scenario = server_scenario(file);
      // One that cannot be read is in, so that a test says so.
      if (!scenario || scenario->judges == Subject::kServer) files.push_back(file);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace terapi::conformance
