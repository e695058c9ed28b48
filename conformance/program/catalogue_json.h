// CatalogueJson: what `terapi-conformance list`, `explain` and `validate` know, as JSON for
// scripts. Each is a text without a line end. Pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "conformance/contract/clause_catalogue.h"
#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

// The ids of the scenarios that prove each clause.
using ChecksOfClauses = std::map<std::string, std::vector<std::string>>;

// [{"id","title","level","judges","clauses","worlds","dialects","thorough","file"}, …]
std::string scenarios_json(const std::vector<const Scenario*>& scenarios);
// [{"id","level","source","statement","proved_by","not_judged"}, …]
std::string clauses_json(const std::vector<Clause>& clauses, const ChecksOfClauses& checks);

// {"kind":"clause", …}: what `explain` tells of one.
std::string explained_json(const Clause& clause, const ChecksOfClauses& checks);
std::string explained_json(const Invariant& invariant);
std::string explained_json(const Scenario& scenario);
std::string explained_mutant_json(const std::string& id, const std::string& defect,
                                  const std::vector<std::string>& failed_by);

// {"file","good","mistakes":[…]}: `mistakes` has one in each line.
std::string checked_json(const std::string& file, const std::string& mistakes);

}  // namespace terapi::conformance
