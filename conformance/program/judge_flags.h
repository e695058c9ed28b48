// JudgeFlags: the flags that the modes of terapi-conformance share. A mode that cannot honour one
// of these flags refuses it, and says which modes take it. A value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/contract/dialect.h"
#include "conformance/report/report_files.h"
#include "conformance/scenario/scenario.h"
#include "core/flags.h"
#include "core/result.h"
#include "project/project_flags.h"

namespace terapi::conformance {

struct JudgeFlags {
  std::string scenarios;                    // folder; empty: the built-in ones
  std::vector<std::string> more_scenarios;  // folders, beside those
  std::string filter;
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
  std::uint64_t seed = 0;  // 0: each scenario's own
  std::uint64_t repeat = 1;
  std::uint64_t jobs = 0;  // 0: a suitable number
  bool shuffle = false;
  bool quick = false;     // only the scenarios that most often find something
  bool thorough = false;  // those that take minutes, too
  bool fail_fast = false;
  std::string dialect = "terapi";
  ReportFiles reports;
  std::string known_failing;
  project::ProjectFlags project_flags;
  project::ProjectUse project;  // since it was applied

  // `mode`: "client", "server", "reference", "mutants", "list" or "explain".
  void add_to(core::Flags& flags, std::string_view mode);
  // What the project file says of these flags, with those in `members` alone, where there are any;
  // and tells which file that is. Codes of ProjectFlags::apply.
  core::Result<void> apply_project(const core::Flags& flags,
                                   const std::vector<std::string>& arguments,
                                   const std::vector<std::string_view>& members = {});
  // The scenarios of all those folders.
  core::Result<std::vector<Scenario>> load() const;
  const Dialect& the_dialect() const { return *find_dialect(dialect); }
  // Leaves out what is not for this run: what is thorough, or not quick. The ids of those; code
  // "bad_usage".
  core::Result<std::vector<std::string>> narrow(std::vector<Scenario>& all) const;
  // The flags that make the same scenario run again: "--seed 7 --dialect nango".
  std::string rerun_flags() const;

 private:
  bool is_of_more(const Scenario& scenario) const;
};

// Makes the flags of other modes errors that say whose they are.
void refuse_flags_of_other_modes(core::Flags& flags, std::string_view mode);

// "I/N": which of how many parts. Code "bad_usage".
core::Result<void> read_shard(const std::string& text, std::uint64_t& shard, std::uint64_t& shards);

// The parts of a filter: ids that fit one of `wanted` (any, where there is none) and none of
// `unwanted`.
struct IdFilter {
  std::vector<std::string> wanted;
  std::vector<std::string> unwanted;
  // "client/*,!client/backlog-*": globs, those to leave out with a '!'.
  static IdFilter parse(std::string_view text);
  bool takes(std::string_view id) const;
  // All of them.
  std::vector<std::string> globs() const;
};

// True when the text matches the pattern, in which * stands for anything and ? for any character.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace terapi::conformance
