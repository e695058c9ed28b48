#include "conformance/program/quick_choice.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "conformance/program/scenario_set.h"
#include "core/json.h"

namespace terapi::conformance {

std::string QuickChoice::told() const {
  return std::to_string(scenarios.size()) + " scenarios that kill " + std::to_string(killed) +
         " of the " + std::to_string(mutants) + " mutants that any scenario kills, in " +
         std::to_string(std::lround(seconds)) + " s one after the other";
}

QuickChoice choose_quick_scenarios(const Kills& kills, const std::map<std::string, double>& seconds,
                                   double budget) {
  // What takes no time at all would be worth any number of others.
  constexpr double kLeast = 0.1;
  const auto cost = [&](const std::string& scenario) {
    const auto known = seconds.find(scenario);
    return known == seconds.end() ? 1.0 : std::max(kLeast, known->second);
  };
  std::set<std::string> alive;
  for (const auto& [scenario, mutants] : kills) alive.insert(mutants.begin(), mutants.end());
  QuickChoice choice;
  choice.mutants = alive.size();
  while (true) {
    const std::string* best = nullptr;
    double best_worth = 0;
    for (const auto& [scenario, mutants] : kills) {
      if (choice.seconds + cost(scenario) > budget) continue;
      const auto fresh = std::count_if(mutants.begin(), mutants.end(),
                                       [&](const std::string& id) { return alive.contains(id); });
      const double worth = static_cast<double>(fresh) / cost(scenario);
      if (worth > best_worth) {
        best = &scenario;
        best_worth = worth;
      }
    }
    if (best == nullptr) break;
    choice.scenarios.push_back(*best);
    choice.seconds += cost(*best);
    for (const std::string& id : kills.at(*best)) choice.killed += alive.erase(id);
  }
  return choice;
}

core::Result<std::map<std::string, double>> costs_in_report(const std::string& file) {
  const auto text = read_text_file(file);
  if (!text) return text.error();
  const auto report = core::json::Document::parse(*text);
  if (!report) return core::Error{"bad_file", file + ": " + report.error().message};
  std::map<std::string, double> costs;
  for (const core::json::Value result : report->root()["results"].items()) {
    if (!result["scenario"].is_string() || !result["elapsed_ms"].is_number()) continue;
    const std::string number(result["elapsed_ms"].text());
    costs[result["scenario"].string()] = std::strtod(number.c_str(), nullptr) / 1000;
  }
  if (costs.empty()) {
    return core::Error{"bad_file", file +
                                       ": expected a report of `terapi-conformance client "
                                       "--json`, with results"};
  }
  return costs;
}

}  // namespace terapi::conformance
