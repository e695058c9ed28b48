// terapi-conformance list, explain and validate: what there is to know without judging anything.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "conformance/contract/clause_catalogue.h"
#include "conformance/harness/mutants/client_mutant.h"
#include "conformance/harness/mutants/server_mutant.h"
#include "conformance/program/catalogue_json.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_check.h"
#include "conformance/program/scenario_set.h"
#include "conformance/scenario/step.h"
#include "core/nearest.h"
#include "project/project_file.h"

namespace terapi::conformance {
namespace {

ChecksOfClauses checks_of_clauses(const std::vector<Scenario>& scenarios) {
  ChecksOfClauses checks;
  for (const Scenario& scenario : scenarios) {
    for (const std::string& clause : scenario.clauses) checks[clause].push_back(scenario.id);
  }
  return checks;
}

int list_clauses(const std::vector<Scenario>& scenarios, bool as_json) {
  const auto checks = checks_of_clauses(scenarios);
  if (as_json) {
    std::printf("%s\n", clauses_json(ClauseCatalogue::builtin().clauses(), checks).c_str());
  }
  int missing = 0;
  for (const Clause& clause : ClauseCatalogue::builtin().clauses()) {
    const auto found = checks.find(clause.id);
    const std::size_t count = found == checks.end() ? 0 : found->second.size();
    const bool unproved = count == 0 && clause.unchecked.empty() && clause.level == Level::kMust;
    missing += unproved ? 1 : 0;
    const std::string proof = count > 0
                                  ? std::to_string(count) + (count == 1 ? " check" : " checks")
                              : unproved ? "NO CHECK"
                                         : "not judged: " + clause.unchecked;
    if (as_json) continue;
    std::printf("%-10s %-6s %s\n", clause.id.c_str(), std::string(to_string(clause.level)).c_str(),
                proof.c_str());
  }
  if (missing > 0 && !as_json) std::printf("\n%d clauses that are a MUST have no check\n", missing);
  return missing > 0 ? 1 : 0;
}

std::string joined(const std::vector<std::string>& words, const std::string& between = ", ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

void explain_scenario(const Scenario& scenario) {
  std::printf("%s\n  %s\n\n  %s\n\n", scenario.id.c_str(), scenario.title.c_str(),
              scenario.why.c_str());
  for (const std::string& id : scenario.clauses) {
    const Clause* clause = ClauseCatalogue::builtin().find(id);
    std::printf("  proves %s: %s\n", id.c_str(),
                clause == nullptr ? "" : clause->statement.c_str());
  }
  if (!scenario.origin.empty()) std::printf("  origin: %s\n", scenario.origin.c_str());
  if (!scenario.kills.empty()) std::printf("  fails:  %s\n", joined(scenario.kills).c_str());
  if (!scenario.kills_none.empty()) std::printf("  fails none: %s\n", scenario.kills_none.c_str());
  if (!scenario.worlds_why.empty()) std::printf("  one world: %s\n", scenario.worlds_why.c_str());
  std::printf("  file:   %s\n", scenario.file.c_str());
}

template <typename Mutant>
bool explain_mutant(const std::vector<Mutant>& mutants, const std::string& id,
                    const std::vector<Scenario>& scenarios, bool as_json) {
  for (const Mutant& mutant : mutants) {
    if (mutant.id != id) continue;
    std::string told = id + ": " + std::string(mutant.defect);
    std::vector<std::string> failed_by;
    for (const Scenario& scenario : scenarios) {
      if (std::find(scenario.kills.begin(), scenario.kills.end(), id) == scenario.kills.end()) {
        continue;
      }
      failed_by.push_back(scenario.id);
      told.append("\n  failed by ").append(scenario.id).append(": ").append(scenario.title);
    }
    if (as_json) told = explained_mutant_json(id, std::string(mutant.defect), failed_by);
    std::printf("%s\n", told.c_str());
    return true;
  }
  return false;
}

void explain_clause(const Clause& clause, const std::vector<Scenario>& scenarios) {
  std::printf("%s (%s, source %s)\n  %s\n", clause.id.c_str(),
              std::string(to_string(clause.level)).c_str(), clause.source.c_str(),
              clause.statement.c_str());
  const auto checks = checks_of_clauses(scenarios);
  const auto found = checks.find(clause.id);
  if (found != checks.end()) std::printf("  proved by: %s\n", joined(found->second).c_str());
  if (!clause.unchecked.empty()) std::printf("  not judged: %s\n", clause.unchecked.c_str());
}

int explain(const std::string& id, const std::vector<Scenario>& scenarios, bool as_json) {
  std::vector<std::string> known;
  const auto print = [](const std::string& text) {
    std::printf("%s\n", text.c_str());
    return 0;
  };
  if (const Clause* clause = ClauseCatalogue::builtin().find(id)) {
    if (as_json) return print(explained_json(*clause, checks_of_clauses(scenarios)));
    explain_clause(*clause, scenarios);
    return 0;
  }
  if (const Invariant* invariant = ClauseCatalogue::builtin().find_invariant(id)) {
    return print(as_json ? explained_json(*invariant) : id + "\n  " + invariant->statement);
  }
  for (const Scenario& scenario : scenarios) {
    known.push_back(scenario.id);
    if (scenario.id != id) continue;
    if (as_json) return print(explained_json(scenario));
    explain_scenario(scenario);
    return 0;
  }
  if (explain_mutant(client_mutants(), id, scenarios, as_json) ||
      explain_mutant(server_mutants(), id, scenarios, as_json)) {
    return 0;
  }
  for (const Clause& clause : ClauseCatalogue::builtin().clauses()) known.push_back(clause.id);
  for (const ClientMutant& mutant : client_mutants()) known.emplace_back(mutant.id);
  for (const ServerMutant& mutant : server_mutants()) known.emplace_back(mutant.id);
  const std::string near = core::nearest(id, known);
  return refuse("nothing is called '" + id + "'" +
                (near.empty() ? "; `terapi-conformance list` shows them all"
                              : "; did you mean '" + near + "'?"));
}

// A folder stands for the scenario files in it.
std::vector<std::string> files_below(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    if (std::filesystem::is_directory(name)) {
      const auto below = scenario_files(name);
      files.insert(files.end(), below.begin(), below.end());
    } else {
      files.push_back(name);
    }
  }
  return files;
}

core::Result<void> check_file(const std::string& file) {
  if (std::filesystem::path(file).filename() != "terapi.json") return check_scenario_file(file);
  const auto read = project::ProjectFile::read(file);
  return read ? core::Result<void>() : read.error();
}

}  // namespace

int run_list_mode(const std::vector<std::string>& arguments) {
  JudgeFlags judge;
  bool clauses = false;
  bool help = false;
  core::Flags flags;
  flags.toggle("clauses", "the clauses, and how many scenarios prove each; 1 if a MUST has none",
               clauses);
  flags.toggle("help", "this text", help);
  judge.add_to(flags, "list");
  bool as_json = false;
  flags.toggle("json", "print a JSON array, with all that is known", as_json);
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    std::printf("terapi-conformance list [FLAGS]\n\n%s\n", flags.help().c_str());
    return 0;
  }
  const auto applied = judge.apply_project(flags, arguments, {"scenarios"});
  if (!applied) return refuse(applied.error().message);
  auto scenarios = judge.load();
  if (!scenarios) return refuse(scenarios.error().message);
  if (clauses) return list_clauses(*scenarios, as_json);
  std::vector<const Scenario*> chosen;
  for (const Scenario& scenario : *scenarios) {
    if (!IdFilter::parse(judge.filter).takes(scenario.id)) continue;
    chosen.push_back(&scenario);
    if (as_json) continue;
    std::printf("%-46s %s\n", scenario.id.c_str(), scenario.title.c_str());
  }
  if (as_json) std::printf("%s\n", scenarios_json(chosen).c_str());
  return 0;
}

int run_explain_mode(const std::vector<std::string>& arguments) {
  JudgeFlags judge;
  bool help = false;
  core::Flags flags;
  flags.toggle("help", "this text", help);
  judge.add_to(flags, "explain");
  bool as_json = false;
  flags.toggle("json", "print a JSON object", as_json);
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    std::printf("terapi-conformance explain ID [FLAGS]\n\n%s\n", flags.help().c_str());
    return 0;
  }
  if (rest->size() != 1) {
    return refuse("explain takes one id: of a clause, an invariant, a scenario or a mutant");
  }
  const auto applied = judge.apply_project(flags, arguments, {"scenarios"});
  if (!applied) return refuse(applied.error().message);
  auto scenarios = judge.load();
  if (!scenarios) return refuse(scenarios.error().message);
  return explain(rest->front(), *scenarios, as_json);
}

int run_validate_mode(const std::vector<std::string>& arguments) {
  JudgeFlags judge;
  bool help = false;
  bool as_json = false;
  core::Flags flags;
  flags.toggle("help", "this text", help);
  judge.project_flags.add_to(flags);
  refuse_flags_of_other_modes(flags, "validate");
  flags.toggle("json", "print a JSON object for each file: file, good, mistakes", as_json);
  auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    std::printf(
        "terapi-conformance validate FILE…\n"
        "terapi-conformance validate             the project file, and its scenarios\n\n%s\n",
        flags.help().c_str());
    return 0;
  }
  if (rest->empty()) {
    core::Flags of_list;  // has one for the member
    judge.add_to(of_list, "list");
    const auto applied = judge.apply_project(of_list, arguments, {"scenarios"});
    if (!applied) return refuse(applied.error().message);
    if (judge.project.file) rest->push_back(judge.project.file->path());
    rest->insert(rest->end(), judge.more_scenarios.begin(), judge.more_scenarios.end());
  }
  if (rest->empty()) {
    return refuse("validate takes FILES: scenario files, folders of them, or terapi.json");
  }
  const std::vector<std::string> files = files_below(*rest);
  if (files.empty()) return refuse("there is no scenario file in " + rest->front());
  bool good = true;
  for (const std::string& file : files) {
    const auto checked = check_file(file);
    good = good && checked.has_value();
    const std::string mistakes = checked ? "" : checked.error().message;
    if (as_json) {
      std::printf("%s\n", checked_json(file, mistakes).c_str());
    } else if (checked) {
      std::printf("%s: good\n", file.c_str());
    } else {
      std::fprintf(stderr, "%s\n", mistakes.c_str());
    }
  }
  return good ? 0 : 2;
}

}  // namespace terapi::conformance
