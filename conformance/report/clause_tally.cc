#include "conformance/report/clause_tally.h"

#include <algorithm>
#include <map>
#include <string>

namespace terapi::conformance {
namespace {

// What one result says about a clause that it lists.
std::optional<Verdict> word_on_clause(const ScenarioResult& result, const std::string& clause) {
  std::optional<Verdict> word;
  for (const Finding& finding : result.findings) {
    if (finding.clause != clause) continue;
    word = word ? graver(*word, finding.verdict) : finding.verdict;
  }
  if (word) return word;
  switch (result.verdict) {
    case Verdict::kPass:
    case Verdict::kInfo:
    case Verdict::kWarn:  // of another clause; this one was tried and kept
      return Verdict::kPass;
    case Verdict::kFail:
      return std::nullopt;
    case Verdict::kSkip:
    case Verdict::kInconclusive:
    case Verdict::kError:
      return result.verdict;
  }
  return std::nullopt;
}

// A pass outweighs a skip: the clause was proved, elsewhere. Otherwise the graver word counts.
Verdict weightier_word(Verdict a, Verdict b) {
  if (a == Verdict::kSkip) return b;
  if (b == Verdict::kSkip) return a;
  return graver(a, b);
}

void add_word(ClauseTally& tally, Verdict word) {
  const bool judged =
      word != Verdict::kSkip && word != Verdict::kInconclusive && word != Verdict::kError;
  if (judged) ++tally.checks;
  if (word == Verdict::kFail) ++tally.failed;
  tally.verdict = tally.verdict ? weightier_word(*tally.verdict, word) : word;
}

// The clauses that a result speaks of, each once.
std::vector<std::string> clauses_spoken_of(const ScenarioResult& result) {
  std::vector<std::string> ids;
  const auto add = [&ids](const std::string& id) {
    if (!id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  };
  for (const std::string& id : result.clauses) add(id);
  for (const Finding& finding : result.findings) add(finding.clause);
  return ids;
}

}  // namespace

std::vector<ClauseTally> tally_clauses(const RunSummary& run) {
  std::vector<ClauseTally> tallies;
  std::map<std::string, std::size_t> place;
  for (const ClauseText& clause : run.clauses) {
    place.emplace(clause.id, tallies.size());
    tallies.push_back({clause});
  }
  for (const ScenarioResult& result : run.results) {
    for (const std::string& id : clauses_spoken_of(result)) {
      const auto [found, fresh] = place.emplace(id, tallies.size());
      if (fresh) tallies.push_back({ClauseText{id, "", ""}});
      if (const auto word = word_on_clause(result, id)) add_word(tallies[found->second], *word);
    }
  }
  return tallies;
}

}  // namespace terapi::conformance
