// ClientEvidence: all that the judge knows of a client after a scenario, and what follows from it:
// the invariants I1 to I10 and V3, which hold in every run (`terapi-conformance explain I1`).
//
// The evidence is the history of the wire, the model, and the client's dumps. Without dumps the
// wire alone is judged: it shows what the client never got and how it asked, and cannot show what
// it did with what it got.
//
// Thread rule: one thread; nothing is changed.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/contract/dump.h"
#include "conformance/evidence/history.h"
#include "conformance/evidence/model.h"
#include "conformance/evidence/verdict.h"

namespace terapi::conformance {

struct TakenDump {
  std::size_t event = 0;  // in the history
  int life = 0;           // the process that lived then, or the last one that did
  bool dead = false;      // nobody could change it: it is exactly what was durable
  std::vector<DumpRecord> records;
};

struct ClientEvidence {
  const History& history;
  const Model& model;
  const Dialect& dialect;
  std::vector<std::string> streams;  // that it was told to sync
  std::span<const TakenDump> dumps;
  std::set<std::string> spared;  // invariants and clauses that the scenario itself breaks
  bool several_workers = false;
  bool counts_requests = true;
};

// What the dump lacks, or has but should not: I1, I2, I3, I4, I8. Empty: it is right.
std::vector<Finding> compare_with_model(const ClientEvidence& evidence, const TakenDump& dump);
// How many records of it are not as they should be.
std::size_t count_wrong(const ClientEvidence& evidence, const TakenDump& dump);
// The same, for whoever only wants to know whether it is right.
bool is_right(const ClientEvidence& evidence, const TakenDump& dump);

// Records that were never given to the client whole, in their present version (I1, by the wire).
std::vector<Finding> find_never_given(const ClientEvidence& evidence);

// I3, I5, I6, I9, I10, V3 and CLIENT-1, from the history and all dumps.
std::vector<Finding> find_broken_invariants(const ClientEvidence& evidence);

}  // namespace terapi::conformance
