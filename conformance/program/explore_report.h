// ExploreReport: what `terapi-conformance explore` says: a line of progress on standard error, what
// was found on standard output, and all of it in the reports that were asked for. Its JSON is a
// document of its own, {"found":[…],…}: seeds and coverage are not in the report of a judge's run.
//
// Thread rule: main's.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "conformance/harness/explore/explorer.h"
#include "conformance/harness/explore/kept_schedule.h"
#include "conformance/harness/explore/placements.h"
#include "conformance/program/explore_flags.h"
#include "conformance/report/run_summary.h"

namespace terapi::conformance {

class ExploreReport {
 public:
  explicit ExploreReport(const ExploreFlags& flags);

  // On a terminal the line is overwritten; elsewhere one is printed every ten seconds.
  void progress(std::uint64_t played, std::uint64_t failed, std::string_view of = "");
  void end_progress();

  void tell_kept(const FoundFailure& failure, const KeptSchedule& kept, const std::string& folder);
  void tell_error(const FoundFailure& failure);
  void tell(const Exploration& exploration, bool stopped);

  void tell_unplaced(const std::string& scenario, const std::string& why);
  void tell_placed(const std::string& scenario, const Placements& places, std::uint64_t ways,
                   const Exploration& exploration);

  void begin_mutants();
  void tell_mutant(const MutantToFind& mutant, const Exploration& exploration,
                   const FoundFailure& failure, const KeptSchedule& kept,
                   const std::string& folder);
  void tell_survivor(const MutantToFind& mutant, const Exploration& exploration);
  // `found`: of how many that were looked for.
  void tell_mutants(std::size_t all, std::size_t found);

  // Writes the reports; the exit code. Where nothing was played, nothing was proved: 2.
  int finish(bool good);

 private:
  using Json = nlohmann::ordered_json;

  bool save(const KeptSchedule& kept, const std::string& folder);
  ScenarioResult& add_result(const std::string& name, Verdict verdict);
  void compare(const ReportFiles& reports);
  void add_results();

  const ExploreFlags& flags_;
  bool terminal_ = false;
  std::size_t width_ = 0;  // of the line of progress
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point told_;
  std::uint64_t played_ = 0;
  Json document_;
  RunSummary run_;
  bool failed_ = false;  // to write a file
};

}  // namespace terapi::conformance
