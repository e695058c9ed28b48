// Placements: every place for a fault in a scenario: an error, a reset, a cut at each request, each
// webhook lost or doubled, a death at each call of wire and store. For trying all of them, alone
// and together, in place of some by chance.
//
//   const Placements places = Placements::of(scenario, options);
//   for (std::uint64_t n = 1; n <= places.combinations(2); ++n) play(places.schedule(n, 2));
//
// Each is the scenario itself with further fault rules, and a kill after which the client is
// started again. Its own checks of what the client did go, since faults change that; what must hold
// in every run stays. A value; no thread rule.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/harness/explore/explore_one.h"
#include "conformance/harness/explore/schedule_draw.h"
#include "core/result.h"

namespace terapi::conformance {

class Placements {
 public:
  // Plays the scenario once, to see what there is. Code "no_places" where nothing can be placed:
  // it fails by itself, or calls the server itself, as a prune does.
  static core::Result<Placements> of(const Scenario& scenario, const ExploreOptions& options);

  std::size_t faults() const { return rules_.size(); }
  std::size_t kills() const { return kills_.size(); }
  // Ways to place at least one and at most `most` of them, at most one kill among them.
  std::uint64_t combinations(std::uint64_t most) const;
  // The n-th of these, from 1; smaller ones come first.
  DrawnSchedule schedule(std::uint64_t n, std::uint64_t most) const;

 private:
  struct Rule {
    FaultKind kind = FaultKind::kReset;
    std::size_t segment = 0;  // from which of the scenario's own `faults` on it is counted
    std::uint64_t nth = 1;    // of the requests, or webhooks
  };

  explicit Placements(const Scenario& scenario);
  void add_rules(const Explored& played);
  DrawnSchedule placed(const std::vector<std::size_t>& rules, const KillStep* kill) const;

  Scenario scenario_;  // without the checks
  std::vector<Rule> rules_;
  std::vector<KillStep> kills_;
};

}  // namespace terapi::conformance
