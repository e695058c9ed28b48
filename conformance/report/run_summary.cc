#include "conformance/report/run_summary.h"

#include <algorithm>
#include <map>
#include <utility>

namespace terapi::conformance {

TextLookup lookup_in(const RunSummary& run) {
  std::map<std::string, std::string, std::less<>> texts;
  for (const ClauseText& clause : run.clauses) texts.emplace(clause.id, clause.statement);
  for (const ClauseText& invariant : run.invariants) {
    texts.emplace(invariant.id, invariant.statement);
  }
  return [texts = std::move(texts)](std::string_view id) {
    const auto found = texts.find(id);
    return found == texts.end() ? std::string() : found->second;
  };
}

bool is_failure(Verdict verdict) {
  return verdict == Verdict::kFail || verdict == Verdict::kError ||
         verdict == Verdict::kInconclusive;
}

void Counts::add(Verdict verdict) {
  ++by_verdict[static_cast<std::size_t>(verdict)];
  if (is_failure(verdict)) {
    ++failed;
  } else if (verdict == Verdict::kSkip) {
    ++skipped;
  } else {
    ++passed;
  }
}

Counts count(const std::vector<ScenarioResult>& results) {
  Counts counts;
  for (const ScenarioResult& result : results) counts.add(result.verdict);
  return counts;
}

int exit_code(const Counts& counts) {
  if (counts.of(Verdict::kFail) > 0) return 1;
  if (counts.of(Verdict::kError) > 0) return 2;
  if (counts.of(Verdict::kInconclusive) > 0) return 3;
  return 0;
}

int exit_code(const std::vector<ScenarioResult>& results) { return exit_code(count(results)); }

std::string closing_line(const Counts& counts) {
  return std::to_string(counts.passed) + " passed, " + std::to_string(counts.failed) + " failed, " +
         std::to_string(counts.skipped) + " skipped";
}

std::string group_of(std::string_view scenario) {
  const std::size_t slash = scenario.rfind('/');
  return std::string(slash == std::string_view::npos ? "" : scenario.substr(0, slash));
}

std::vector<GroupCounts> count_by_group(const std::vector<ScenarioResult>& results) {
  std::vector<GroupCounts> groups;
  for (const ScenarioResult& result : results) {
    const std::string group = group_of(result.scenario);
    auto found = std::find_if(groups.begin(), groups.end(),
                              [&group](const GroupCounts& one) { return one.group == group; });
    if (found == groups.end()) found = groups.insert(groups.end(), GroupCounts{group, {}});
    found->counts.add(result.verdict);
  }
  return groups;
}

}  // namespace terapi::conformance
