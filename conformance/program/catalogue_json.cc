#include "conformance/program/catalogue_json.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace terapi::conformance {
namespace {

using Json = nlohmann::ordered_json;

// A list, one item a line: read by eye, too, and by grep.
std::string lines_of(const Json& list) {
  std::string text = "[";
  for (const Json& item : list) text.append(text.size() > 1 ? ",\n " : "\n ").append(item.dump());
  return text + "\n]";
}

Json worlds_of(const Scenario& scenario) {
  Json worlds = Json::array();
  if (scenario.in_virtual) worlds.push_back("virtual");
  if (scenario.over_http) worlds.push_back("http");
  return worlds;
}

Json json_of(const Scenario& scenario) {
  return {{"id", scenario.id},
          {"title", scenario.title},
          {"level", std::string(core::word_of(Scenario::kLevels, scenario.level))},
          {"judges", std::string(core::word_of(Scenario::kSubjects, scenario.judges))},
          {"clauses", scenario.clauses},
          {"worlds", worlds_of(scenario)},
          {"dialects", scenario.dialects},
          {"thorough", scenario.thorough},
          {"file", scenario.file}};
}

Json json_of(const Clause& clause, const ChecksOfClauses& checks) {
  const auto found = checks.find(clause.id);
  return {{"id", clause.id},
          {"level", std::string(to_string(clause.level))},
          {"source", clause.source},
          {"statement", clause.statement},
          {"proved_by", found == checks.end() ? std::vector<std::string>() : found->second},
          {"not_judged", clause.unchecked.empty() ? Json() : Json(clause.unchecked)}};
}

std::string of_kind(const char* kind, const Json& members) {
  Json whole = {{"kind", kind}};
  whole.update(members);
  return whole.dump(2);
}

}  // namespace

std::string scenarios_json(const std::vector<const Scenario*>& scenarios) {
  Json list = Json::array();
  for (const Scenario* scenario : scenarios) list.push_back(json_of(*scenario));
  return lines_of(list);
}

std::string clauses_json(const std::vector<Clause>& clauses, const ChecksOfClauses& checks) {
  Json list = Json::array();
  for (const Clause& clause : clauses) list.push_back(json_of(clause, checks));
  return lines_of(list);
}

std::string explained_json(const Clause& clause, const ChecksOfClauses& checks) {
  return of_kind("clause", json_of(clause, checks));
}

std::string explained_json(const Invariant& invariant) {
  return of_kind("invariant", {{"id", invariant.id}, {"statement", invariant.statement}});
}

std::string explained_json(const Scenario& scenario) {
  Json members = json_of(scenario);
  members["why"] = scenario.why;
  members["origin"] = scenario.origin;
  members["fails"] = scenario.kills;
  members["fails_none"] = scenario.kills_none;
  members["worlds_why"] = scenario.worlds_why;
  return of_kind("scenario", members);
}

std::string explained_mutant_json(const std::string& id, const std::string& defect,
                                  const std::vector<std::string>& failed_by) {
  return of_kind("mutant", {{"id", id}, {"defect", defect}, {"failed_by", failed_by}});
}

std::string checked_json(const std::string& file, const std::string& mistakes) {
  Json list = Json::array();
  std::istringstream lines(mistakes);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) list.push_back(line);
  }
  return Json{{"file", file}, {"good", list.empty()}, {"mistakes", list}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace terapi::conformance
