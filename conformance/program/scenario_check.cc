#include "conformance/program/scenario_check.h"

#include <utility>

#include "conformance/contract/clause_catalogue.h"
#include "conformance/harness/mutants/client_mutant.h"
#include "conformance/harness/mutants/server_mutant.h"
#include "conformance/harness/stage/virtual_client_stage.h"
#include "conformance/program/scenario_set.h"
#include "conformance/scenario/scenario.h"
#include "conformance/scenario/step.h"
#include "conformance/scenario/written_out.h"
#include "core/nearest.h"

namespace terapi::conformance {
namespace {

void add_line(std::string& lines, const std::string& line) {
  lines += (lines.empty() ? "" : "\n") + line;
}

// Where the member stands, for what the reader of the file cannot know.
std::string place_in(const Scenario& scenario, std::string_view member) {
  const core::json::Place place = scenario.document->place(scenario.document->root()[member]);
  return scenario.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) +
         ": ";
}

std::vector<std::string> mutant_ids(Subject judges) {
  std::vector<std::string> ids;
  if (judges == Subject::kClient) {
    for (const ClientMutant& mutant : client_mutants()) ids.emplace_back(mutant.id);
  } else {
    for (const ServerMutant& mutant : server_mutants()) ids.emplace_back(mutant.id);
  }
  return ids;
}

void check_names(const Scenario& scenario, std::string& lines) {
  for (const std::string& id : scenario.clauses) {
    const auto clause = ClauseCatalogue::builtin().look_up(id);
    if (!clause) add_line(lines, place_in(scenario, "clauses") + clause.error().message);
  }
  const std::vector<std::string> known = mutant_ids(scenario.judges);
  for (const std::string& id : scenario.kills) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    add_line(lines, place_in(scenario, "kills") + "there is no mutant '" + id + "'" +
                        core::suggestion(id, known));
  }
}

// The URLs that a play puts in: here any will do.
std::string with_placeholders(std::string text) {
  for (const std::string_view name : {"{receiver}", "{refusing}", "{elsewhere}"}) {
    text = replaced(std::move(text), name, "http://placeholder.test");
  }
  return text;
}

// By making it.
void check_world(const Scenario& scenario, std::string& lines) {
  if (scenario.given.empty()) return;
  ClientStageOptions options;
  options.world = with_placeholders(whole_world(scenario.given));
  VirtualClientStage stage(std::move(options));
  if (const auto opened = stage.open(); !opened) {
    add_line(lines, place_in(scenario, "given") + opened.error().message);
    return;
  }
  if (scenario.faults.empty()) return;
  const auto answer =
      stage.call(control_request("PUT", "/faults", with_placeholders(scenario.faults)));
  if (answer && answer->status >= 300) {
    add_line(lines, place_in(scenario, "faults") + answer->body);
  }
}

}  // namespace

core::Result<void> check_scenario_file(const std::string& file) {
  auto text = read_text_file(file);
  if (!text) return text.error();
  auto scenario = Scenario::parse(*std::move(text), file);
  if (!scenario) return scenario.error();
  std::string lines;
  check_names(*scenario, lines);
  check_world(*scenario, lines);
  if (!lines.empty()) return core::Error{"bad_scenario", lines};
  return {};
}

}  // namespace terapi::conformance
