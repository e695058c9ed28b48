// ExploreFlags: the flags of `terapi-conformance explore`. A value.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/harness/explore/explorer.h"
#include "conformance/harness/explore/kept_schedule.h"
#include "conformance/harness/stage/http_server_stage.h"
#include "conformance/harness/stage/process_client_stage.h"
#include "conformance/report/redactor.h"
#include "conformance/report/report_files.h"
#include "core/clock.h"
#include "core/flags.h"
#include "core/result.h"

namespace terapi::conformance {

// A subject with a known defect, of a client's or of a server's.
struct MutantToFind {
  std::string_view id;
  std::string_view defect;
  const ClientMutant* client = nullptr;
  const ServerMutant* server = nullptr;
};

struct ExploreFlags {
  std::uint64_t first = 1;
  std::uint64_t last = 0;  // 0: as far as the budget goes
  std::optional<core::Duration> budget{};
  std::uint64_t jobs = 0;
  std::string save;
  ReportFiles reports;  // its JSON is explore's own: ExploreReport
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
  std::string dialect = "terapi";
  std::string size = "any";
  std::string store = "memory";
  std::vector<MutantToFind> mutants;
  std::uint64_t exhaustive = 0;   // faults that are placed at once; 0: seeds are drawn
  std::string filter;             // the scenario that they are placed in
  std::string scenarios;          // folder
  ProcessClientOptions commands;  // of a client other than ours
  bool server = false;            // stories that judge a server
  HttpServerStageOptions stage;   // of a server other than ours
  std::string stream;             // that is read there when nothing is written
  bool help = false;
  const std::atomic<bool>* stop = nullptr;  // set by a signal: shrinking ends, too
  ExploreOptions play;

  // Code "bad_usage".
  core::Result<void> read(const std::vector<std::string>& arguments);
  std::string help_text() const;
  ExplorerOptions explorer() const;
  // What the seed draws.
  DrawnSchedule draw(std::uint64_t seed) const;
  // To look for one of the mutants.
  ExploreFlags for_mutant(const MutantToFind& mutant) const;
  // Makes the failing schedule small. `name`: of its file; empty: by its seed, or the mutant.
  KeptSchedule keep(const DrawnSchedule& drawn, const FoundFailure& failure,
                    const std::string& name = "") const;
  // True for a server at --base-url without a control API: nothing is written to it.
  bool only_reads() const { return !stage.base_url.empty() && stage.control_url.empty(); }
  // What is tested, for reports.
  std::string subject() const;
  // Removes the key from what another server said.
  Redactor redactor() const { return Redactor({stage.secret_key}); }
  // The line that finds that seed's failure again.
  std::string again(std::uint64_t seed) const;

 private:
  void add_to(core::Flags& flags);
  core::Result<void> read_seeds(const std::string& text);
  core::Result<void> add_mutants(const std::string& pattern);
  core::Result<void> check_server();
  core::Result<void> check_reached() const;
  std::function<Explored(const Scenario&)> server_at_url() const;
  std::string_view mutant() const;  // its id; empty: none is looked for
  bool asked_seeds_ = false;
  std::vector<std::string> patterns_;  // of mutants
};

}  // namespace terapi::conformance
