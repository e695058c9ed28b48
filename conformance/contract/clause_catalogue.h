// ClauseCatalogue: every clause of the contract and every invariant of a run, as data, so that a
// verdict can print the sentence that was broken. The text is conformance/contract/clauses.json; a
// test holds it against docs/contract.md.
//
// Errors of parse have code "bad_catalogue" and say line and column. Unknown ids are
// "unknown_clause" or "unknown_invariant" and name the nearest one. Thread rule: immutable, so any.
//
//   const Clause* clause = ClauseCatalogue::builtin().find("CUR-3");
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace terapi::conformance {

// RFC 2119.
enum class Level : std::uint8_t { kMust, kShould, kMay };
// "MUST", "SHOULD", "MAY".
std::string_view to_string(Level level);

// What it takes to judge a clause.
enum class CheckableBy : std::uint8_t {
  kServer,     // the public API of any server, on the data that is there
  kClient,     // a client under test
  kSimulator,  // a server whose data, clock or faults the judge can steer
  kReview,     // a reviewer
};
// "server", "client", "simulator", "review".
std::string_view to_string(CheckableBy by);

struct Clause {
  std::string id;  // "CUR-3"
  Level level = Level::kMust;
  // Where it comes from, comma-separated: G the guide, P the public system, D decided here.
  std::string source;
  std::string statement;  // plain text
  CheckableBy checkable_by = CheckableBy::kServer;
  std::string unchecked;  // why the suite does not judge it; empty: it does
};

struct Invariant {
  std::string id;  // "I1" to "I10": safety; "V1" to "V4": liveness
  std::string statement;
};

class ClauseCatalogue {
 public:
  // The one that is compiled in.
  static const ClauseCatalogue& builtin();
  // All faults of the text in one error.
  static core::Result<ClauseCatalogue> parse(std::string_view text);

  // In the order of the contract.
  const std::vector<Clause>& clauses() const { return clauses_; }
  const std::vector<Invariant>& invariants() const { return invariants_; }

  // Null when there is none.
  const Clause* find(std::string_view id) const;
  const Invariant* find_invariant(std::string_view id) const;
  // The same, for ids that a user wrote: the error says which one may have been meant.
  core::Result<const Clause*> look_up(std::string_view id) const;
  core::Result<const Invariant*> look_up_invariant(std::string_view id) const;

 private:
  ClauseCatalogue() = default;

  std::vector<Clause> clauses_;
  std::vector<Invariant> invariants_;
};

}  // namespace terapi::conformance
