// JudgeRun: plays many scenarios, several at once, and tells what came of them: on the terminal
// and as JUnit, JSON and HTML. Each is a test of GoogleTest's, from which filter, shuffle, repeat,
// shards and JUnit come.
//
// Thread rule: main's; the plays themselves run on threads of their own, each on one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "conformance/evidence/verdict.h"
#include "conformance/program/judge_flags.h"

namespace terapi::conformance {

struct JudgeJob {
  std::string scenario;  // its id
  std::string world;     // "virtual" or "http"
  std::function<ScenarioResult()> play;
  std::string file{};  // where it is written, for JUnit
  bool alone = false;  // shares a server with others: never at the same time as they
};

struct JudgeRun {
  std::string mode;
  std::string subject;
  std::vector<std::string> secrets;  // that no report may hold
  std::string rerun;                 // "terapi-conformance client --run '…'"
  std::uint64_t jobs = 0;            // at once; 0: as many as suit

  // Plays those that the flags select; the exit code.
  int run(std::vector<JudgeJob> jobs_given, const JudgeFlags& flags) const;
};

// A word of a command line, quoted for a shell where it has to be.
std::string shell_word(const std::string& text);

}  // namespace terapi::conformance
