// ExploreReport: what `terapi-conformance explore` says: a line of progress on standard error, what
// was found on standard output, and all of it as JSON.
//
// Thread rule: main's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "conformance/harness/explore/explorer.h"
#include "conformance/harness/explore/kept_schedule.h"
#include "conformance/harness/explore/placements.h"
#include "conformance/program/explore_flags.h"
#include "core/json_writer.h"

namespace terapi::conformance {

class ExploreReport {
 public:
  explicit ExploreReport(const ExploreFlags& flags);

  // On a terminal the line is written over, elsewhere there is one every ten seconds.
  void progress(std::uint64_t played, std::uint64_t failed, std::string_view of = "");
  void end_progress();

  void tell_kept(const FoundFailure& failure, const KeptSchedule& kept, const std::string& folder);
  void tell_error(const FoundFailure& failure);
  void tell(const Exploration& exploration, bool stopped);

  void tell_unplaced(const std::string& scenario, const std::string& why);
  void tell_placed(const std::string& scenario, const Placements& places, std::uint64_t ways,
                   const Exploration& exploration);

  void begin_mutants();
  void tell_mutant(const ClientMutant& mutant, const Exploration& exploration,
                   const FoundFailure& failure, const KeptSchedule& kept,
                   const std::string& folder);
  void tell_survivor(const ClientMutant& mutant, const Exploration& exploration);
  int finish_mutants(std::size_t all, std::size_t not_found);

  // Writes the JSON file; the exit code.
  int finish(int code);

 private:
  bool save(const KeptSchedule& kept, const std::string& folder);
  void add_case(const std::string& name, const std::string& failure);
  std::string junit_text() const;

  const ExploreFlags& flags_;
  bool terminal_ = false;
  std::size_t width_ = 0;  // of the line of progress
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point told_;
  core::json::Writer found_;
  core::json::Writer placed_;
  std::string cases_;  // of JUnit
  std::size_t case_count_ = 0;
  std::size_t failed_cases_ = 0;
  std::string summary_;  // JSON members, and the brace
  bool failed_ = false;  // to write a file
};

}  // namespace terapi::conformance
