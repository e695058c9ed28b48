// Findings: where laws and expectations put what they noticed. Of what repeats, the first few are
// kept and the rest is counted: ten thousand records out of order are one defect.
//
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "conformance/evidence/verdict.h"

namespace terapi::conformance {

class Findings {
 public:
  // `at_most`: how many of one sentence are kept.
  explicit Findings(std::size_t at_most = 3) : at_most_(at_most) {}

  void add(Finding finding);
  void fail(std::string clause, std::string what, std::string expected, std::string actual,
            std::vector<std::size_t> events = {});
  void warn(std::string clause, std::string what, std::string expected, std::string actual,
            std::vector<std::size_t> events = {});

  // In front of the others: for what explains them.
  void add_first(std::vector<Finding> findings);

  bool empty() const { return kept_.empty(); }
  const std::vector<Finding>& kept() const { return kept_; }
  // All, the counted ones included.
  std::size_t count() const { return count_; }
  // What is kept; where more of a kind were counted, its last one says how many.
  std::vector<Finding> take();

 private:
  std::size_t at_most_;
  std::size_t count_ = 0;
  std::map<std::string, std::size_t> times_;  // by clause and sentence
  std::vector<Finding> kept_;
};

// "1, 2, 3, … (500 in all)".
std::string listed(const std::vector<std::string>& words, std::size_t most = 12);

}  // namespace terapi::conformance
