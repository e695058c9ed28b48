// ScenarioSet: the scenario files of a folder, read and checked. Values.
#pragma once

#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "core/result.h"

namespace terapi::conformance {

// Every *.json of the folder and those below it, schemas excepted, by id; an empty name means the
// project's own scenarios. All mistakes at once: codes "bad_scenario", "no_scenarios".
// `more`: folders whose scenarios are there beside those.
core::Result<std::vector<Scenario>> load_scenarios(const std::string& folder,
                                                   const std::vector<std::string>& more = {});

// What --quick plays: the ids in the folder's quick.jsonc, which `mutants --choose-quick` writes;
// codes "no_file", "bad_file".
core::Result<std::vector<std::string>> quick_scenarios(const std::string& folder);
// The text of such a file.
std::string quick_file(const std::vector<std::string>& ids, const std::string& how);

// The list of what servers of the dialect are known to fail, which comes with the project's own
// scenarios; "" where there is none for it.
std::string known_failing_of(const std::string& dialect);

// The paths of those files, in order; none where the folder cannot be read.
std::vector<std::string> scenario_files(const std::string& folder);

// The text of a file; code "no_file".
core::Result<std::string> read_text_file(const std::string& path);

// The folder of this program, with the others beside it: "…/build/bin".
std::string program_folder();

}  // namespace terapi::conformance
