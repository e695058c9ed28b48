// Coverage: what has been tried: which kinds of faults struck at which phase of the client's loop,
// and which of them came together in one schedule. What stands at nought was never tried.
//
// A value: each thread counts for itself, and what they counted is added up. No thread rule.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/evidence/history.h"
#include "conformance/harness/explore/fault_kind.h"
#include "conformance/scenario/step.h"
#include "core/words.h"

namespace terapi::conformance {

// Where the client was, as the wire shows it.
enum class LoopPhase : std::uint8_t {
  kDown,     // no process
  kIdle,     // it waits for a webhook or for its poll
  kFirst,    // asks from the beginning
  kResume,   // asks from its stored cursor
  kNext,     // asks for the next page of a walk
  kStoring,  // has an answer that it has not stored yet
  kRetry,    // has got no page, and waits to ask again
};
inline constexpr auto kLoopPhases = std::to_array<core::Word<LoopPhase>>({
    {LoopPhase::kDown, "down"},
    {LoopPhase::kIdle, "idle"},
    {LoopPhase::kFirst, "first"},
    {LoopPhase::kResume, "resume"},
    {LoopPhase::kNext, "next"},
    {LoopPhase::kStoring, "storing"},
    {LoopPhase::kRetry, "retry"},
});

class Coverage {
 public:
  // A schedule that was played.
  void count(const Plan& plan, const History& history);
  void add(const Coverage& other);

  std::uint64_t schedules() const { return schedules_; }
  std::uint64_t struck(FaultKind kind, LoopPhase phase) const;
  // Schedules in which both came about.
  std::uint64_t together(FaultKind a, FaultKind b) const;

  // A table, its lines at most 80 columns wide, and what is missing.
  std::string text() const;
  // {"schedules":…,"kinds":{"reset":{"next":12,…},…},"pairs":{…},"never":[…],"never_together":[…]}
  nlohmann::ordered_json json() const;

 private:
  void count_struck(const Event& event, LoopPhase asked, LoopPhase phase, FaultKinds& kinds);
  void count_limits(const Exchange& exchange, LoopPhase asked, FaultKinds& kinds);
  void strike(FaultKinds& kinds, FaultKind kind, LoopPhase phase);
  std::vector<FaultKind> never() const;
  std::vector<std::pair<FaultKind, FaultKind>> never_together() const;

  std::uint64_t schedules_ = 0;
  std::array<std::array<std::uint64_t, kLoopPhases.size()>, kFaultKinds> struck_{};
  std::array<std::array<std::uint64_t, kFaultKinds>, kFaultKinds> pairs_{};
};

}  // namespace terapi::conformance
