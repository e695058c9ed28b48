#include "conformance/laws/findings.h"

#include <algorithm>
#include <iterator>

namespace terapi::conformance {

void Findings::add(Finding finding) {
  ++count_;
  if (++times_[finding.clause + " " + finding.what] <= at_most_)
    kept_.push_back(std::move(finding));
}

void Findings::add_first(std::vector<Finding> findings) {
  std::vector<Finding> others = std::exchange(kept_, {});
  for (Finding& finding : findings) add(std::move(finding));
  std::move(others.begin(), others.end(), std::back_inserter(kept_));
}

void Findings::fail(std::string clause, std::string what, std::string expected, std::string actual,
                    std::vector<std::size_t> events) {
  add({Verdict::kFail, std::move(clause), "", std::move(what), std::move(expected),
       std::move(actual), std::move(events)});
}

void Findings::warn(std::string clause, std::string what, std::string expected, std::string actual,
                    std::vector<std::size_t> events) {
  add({Verdict::kWarn, std::move(clause), "", std::move(what), std::move(expected),
       std::move(actual), std::move(events)});
}

std::vector<Finding> Findings::take() {
  std::map<std::string, std::size_t> seen;
  for (Finding& finding : kept_) {
    const std::string key = finding.clause + " " + finding.what;
    if (++seen[key] == at_most_ && times_[key] > at_most_) {
      finding.what += " (and " + std::to_string(times_[key] - at_most_) + " more of this kind)";
    }
  }
  times_.clear();
  return std::exchange(kept_, {});
}

std::string listed(const std::vector<std::string>& words, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i < most; ++i) {
    text += (i == 0 ? "" : ", ") + words[i];
  }
  if (words.empty()) text = "none";
  if (words.size() > most) text += ", … (" + std::to_string(words.size()) + " in all)";
  return text;
}

}  // namespace terapi::conformance
