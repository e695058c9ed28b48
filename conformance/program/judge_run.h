// JudgeRun: the runner of every mode that judges: chooses from the jobs, plays several at once, and
// reports the results: live on the terminal, and in the reports that were asked for.
//
//   JudgeRun run;
//   run.mode = "client";
//   run.filter = flags.filter;
//   return run.run(jobs, flags);
//
// Thread rule: main's; the plays themselves run on threads of their own, each on one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "conformance/program/judge_flags.h"
#include "conformance/report/live_report.h"

namespace terapi::conformance {

struct JudgeJob {
  std::string scenario;  // its id
  std::string world;     // "virtual" or "http"
  std::function<ScenarioResult()> play;
  std::string file{};  // where it is written, for JUnit
  bool alone = false;  // shares a server with others: never played at the same time
};

struct JudgeRun {
  std::string mode;
  std::string subject;
  std::vector<std::string> secrets{};   // that no report may hold
  std::string rerun{};                  // "terapi-conformance client --run '…'"
  std::uint64_t jobs = 0;               // at once; 0: a suitable number
  std::string filter{};                 // IdFilter: which of the jobs
  bool judges_servers = false;          // what the dialect's servers are known to fail counts
  std::vector<std::string> left_out{};  // scenarios that are not for this run
  bool part = false;                    // these are not all: no entry counts as stale
  LiveReport* live = nullptr;           // null: a ConsoleReport on standard output

  // Plays the jobs that the filter and the flags' shard select, in random order and several times
  // where the flags say so; returns the exit code. A job without a result is an ERROR.
  int run(const std::vector<JudgeJob>& all, const JudgeFlags& flags) const;

 private:
  bool may_exist(const std::vector<JudgeJob>& all, const std::string& scenario,
                 const std::string& world) const;
};

// The summary of a run that has just begun, with the clauses of the contract.
RunSummary begin_summary(const std::string& mode, const std::string& subject);
// Completes it once the run has ended.
void end_summary(RunSummary& summary);

}  // namespace terapi::conformance
