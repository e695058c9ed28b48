// StepCoverage: what the stories that judge a server were made of: which laws were looked at, what
// runs did, how webhooks were answered, which settings were in force. What stands at nought was
// never tried.
//
// A value: each thread counts for itself, and what they counted is added up. No thread rule.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

class StepCoverage {
 public:
  void count(const Scenario& story);
  void add(const StepCoverage& other);
  // Stories that had it: "law order", "run replace", "receiver timeout", "settings retry".
  std::uint64_t stories_with(const std::string& what) const;

  // Of all that stories can have; of those that only read, it is laws.
  enum class Of : std::uint8_t { kAll, kReads };
  // Three columns, at most 100 wide, and what is missing.
  std::string text(Of of = Of::kAll) const;
  // {"schedules":…,"steps":{"law order":12,…},"never":[…]}
  nlohmann::ordered_json json(Of of = Of::kAll) const;

 private:
  std::vector<std::string> never(Of of) const;

  std::uint64_t stories_ = 0;
  std::map<std::string, std::uint64_t> with_;
};

}  // namespace terapi::conformance
