// KnownFailing: scenarios that are known to fail, each with its reason. One that is listed and
// fails counts as skipped; one that is listed and does not fail is a stale entry, which fails.
//
//   { "known_failing": [ { "scenario": "server/filter-subsets", "reason": "ticket 4711" } ] }
//
// "world" may limit an entry to one of the two worlds. The file may have comments. A value.
#pragma once

#include <string>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "core/result.h"

namespace terapi::conformance {

class KnownFailing {
 public:
  // No file: nothing is known. Codes "no_file", "bad_known_failing", with line and column.
  static core::Result<KnownFailing> load(const std::string& path);
  static core::Result<KnownFailing> parse(std::string text, const std::string& name);

  void apply(ScenarioResult& result);
  // Adds a failure for each entry that matches no result.
  void add_stale(std::vector<ScenarioResult>& results) const;

 private:
  struct Entry {
    std::string scenario;
    std::string world;  // empty: in both
    std::string reason;
    bool met = false;
  };
  std::vector<Entry> entries_;
  std::string name_;
};

}  // namespace terapi::conformance
