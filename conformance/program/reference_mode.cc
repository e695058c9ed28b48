// terapi-conformance reference: our own simulator and client, every scenario, in both worlds.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "conformance/program/jobs.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/judge_run.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"
#include "core/parse_number.h"

namespace terapi::conformance {

namespace {

struct SeedRange {
  std::uint64_t first = 0;  // 0: none
  std::uint64_t last = 0;
};

// "17", or "1..200".
core::Result<void> read_seeds(const std::string& text, SeedRange& seeds) {
  const std::size_t dots = text.find("..");
  const auto first = core::parse_number<std::uint64_t>(text.substr(0, dots));
  const auto last =
      dots == std::string::npos ? first : core::parse_number<std::uint64_t>(text.substr(dots + 2));
  constexpr std::uint64_t kMost = 100'000;
  if (!first || !last || *first < 1 || *last < *first || *last - *first >= kMost) {
    return core::Error{"bad_usage", "--otherwise is '" + text +
                                        "'; expected a seed from 1, such as 17, or a range of at "
                                        "most 100000, such as 1..200"};
  }
  seeds = {*first, *last};
  return {};
}

std::vector<JudgeJob> otherwise_jobs(const std::vector<Scenario>& scenarios,
                                     const JudgeFlags& judge, const SeedRange& seeds) {
  std::vector<JudgeJob> jobs;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    for (const Scenario& scenario : scenarios) {
      if (scenario.judges != Subject::kServer || !scenario.in_virtual) continue;
      jobs.push_back(otherwise_job(scenario, judge, seed));
    }
  }
  return jobs;
}

}  // namespace

int run_reference_mode(const std::vector<std::string>& arguments) {
  JudgeFlags judge;
  std::string world = "both";
  bool help = false;
  core::Flags flags;
  flags.choice("world", {"both", "virtual", "http"}, "only in virtual time, or only over HTTP",
               world);
  SeedRange otherwise;
  flags.add(
      "otherwise", "SEEDS",
      "servers only, in virtual time, behind one that is right and chooses otherwise: a seed, "
      "or a range such as 1..200",
      [&](const std::string& text) { return read_seeds(text, otherwise); });
  flags.toggle("help", "this text", help);
  judge.add_to(flags, "reference");
  const auto rest = flags.parse(arguments);
  if (!rest) return refuse(rest.error().message);
  if (help) {
    std::printf("terapi-conformance reference [FLAGS]\n\n%s\n", flags.help().c_str());
    return 0;
  }
  if (!rest->empty()) return refuse("reference takes no '" + rest->front() + "'");
  auto scenarios = judge.load();
  if (!scenarios) return refuse(scenarios.error().message);
  auto left_out = judge.narrow(*scenarios);
  if (!left_out) return refuse(left_out.error().message);

  JudgeRun run;
  run.mode = "reference";
  run.subject = "terapi-simulator and terapi-sync";
  run.rerun = "terapi-conformance reference";
  run.jobs = kClientsAtOnce;
  run.judges_servers = true;
  run.filter = judge.filter;
  run.left_out = *std::move(left_out);
  const ProcessClientOptions commands = reference_commands();
  if (otherwise.first != 0) {
    run.subject = "terapi-simulator, which chooses otherwise";
    return run.run(otherwise_jobs(*scenarios, judge, otherwise), judge);
  }
  std::vector<JudgeJob> jobs;
  // What is not played in a world, by its nature, is no job there: it would only be noise.
  for (const Scenario& scenario : *scenarios) {
    if (world != "http" && scenario.in_virtual) {
      jobs.push_back(reference_job(scenario, judge, "virtual", commands));
    }
  }
  for (const Scenario& scenario : *scenarios) {
    if (world != "virtual" && scenario.over_http) {
      jobs.push_back(reference_job(scenario, judge, "http", commands));
    }
  }
  return run.run(jobs, judge);
}

}  // namespace terapi::conformance
