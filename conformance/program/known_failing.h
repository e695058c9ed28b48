// KnownFailing: scenarios that are known to fail, each with its reason. One that is listed and
// fails counts as skipped; one that is listed and does not fail is a stale entry, which fails.
//
//   { "known_failing": [ { "scenario": "server/filter-subsets", "reason": "ticket 4711" } ] }
//
// "world" may limit an entry to one of the two worlds, and "finding" to what is said of it: a glob
// of a finding's sentence. What else is found in that scenario fails. The file may have comments.
//
// Lists of another kind come with the project: what the public system that speaks a dialect is
// known to do wrong (scenarios/known-failing/). A server of that dialect which does it right is
// right: such an entry is never stale.
//
// A value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "core/result.h"

namespace terapi::conformance {

class KnownFailing {
 public:
  enum class Kind : std::uint8_t {
    kOfThisServer,  // it should become shorter: what is stale fails
    kOfADialect,
  };

  // No file: nothing is known. Codes "no_file", "bad_known_failing", with line and column.
  static core::Result<KnownFailing> load(const std::string& path, Kind kind = Kind::kOfThisServer);
  static core::Result<KnownFailing> parse(std::string text, const std::string& name,
                                          Kind kind = Kind::kOfThisServer);
  // The entries of both, these first.
  void add(KnownFailing more);

  void apply(ScenarioResult& result);
  // Adds a failure for each entry that matches no result, and none of the scenarios that were left
  // out of this run.
  void add_stale(std::vector<ScenarioResult>& results,
                 const std::vector<std::string>& left_out = {}) const;

  std::size_t size() const { return entries_.size(); }
  std::vector<std::string> scenarios() const;

 private:
  struct Entry {
    std::string scenario;
    std::string world;    // empty: in both
    std::string finding;  // empty: any
    std::string reason;
    std::string file;
    Kind kind = Kind::kOfThisServer;
    bool met = false;
  };
  using Fitting = std::vector<Entry*>;

  Fitting fitting(const ScenarioResult& result);
  static void forgive(const Fitting& entries, ScenarioResult& result);
  static void tell_stale(const Entry& entry, ScenarioResult& result);

  std::vector<Entry> entries_;
};

}  // namespace terapi::conformance
