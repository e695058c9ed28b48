#include "conformance/program/judge_flags.h"

#include <algorithm>
#include <optional>

#include "conformance/program/judge_run.h"
#include "conformance/program/program.h"
#include "conformance/program/scenario_set.h"
#include "core/glob.h"
#include "core/parse_number.h"
#include "core/shell_word.h"

namespace terapi::conformance {
namespace {

using Words = std::vector<std::string_view>;

// Which modes can honour a flag.
struct FlagOfModes {
  std::string_view name;
  Words modes;
};

std::vector<FlagOfModes> flags_of_modes() {
  const Words judging = {"client", "server", "reference", "mutants"};
  const Words exploring_too = {"client", "server", "reference", "mutants", "explore"};
  const Words measuring_too = {"client", "server", "reference", "mutants", "explore", "measure"};
  std::vector<FlagOfModes> flags = {
      {"scenarios", {"client", "server", "reference", "mutants", "explore", "list", "explain"}},
      {"more-scenarios", {"client", "server", "reference", "list", "explain"}},
      {"filter", {"client", "server", "reference", "mutants", "explore", "list"}},
      {"shard", exploring_too},
      {"seed", exploring_too},
      {"repeat", {"client", "server", "reference", "mutants", "measure"}},
      {"shuffle", judging},
      // A server is in one scenario's world at a time.
      {"jobs", {"client", "reference", "mutants", "explore"}},
      {"quick", {"client", "reference", "measure"}},
      {"thorough", {"client", "server", "reference"}},
      {"fail-fast", judging},
      {"dialect", measuring_too},
      {"known-failing", judging},
      {"project", {"client", "measure", "list", "explain", "validate"}},
      {"no-project", {"client", "measure", "list", "explain", "validate"}}};
  for (const ReportFormat& format : report_formats()) {
    flags.push_back({format.name, format.name == "json" || format.name == "html" ? measuring_too
                                                                                 : exploring_too});
  }
  for (const char* name : {"baseline", "annotations"}) flags.push_back({name, exploring_too});
  return flags;
}

// "client, server and reference".
std::string enumerated(const Words& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + std::string(words[i]);
  }
  return text;
}

}  // namespace

void refuse_flags_of_other_modes(core::Flags& flags, std::string_view mode) {
  for (const auto& [name, modes] : flags_of_modes()) {
    if (std::find(modes.begin(), modes.end(), mode) != modes.end()) continue;
    flags.refuse(std::string(name), std::string(mode) + " takes no --" + std::string(name) +
                                        ": that is for " + enumerated(modes));
  }
}

core::Result<void> read_shard(const std::string& text, std::uint64_t& shard,
                              std::uint64_t& shards) {
  const std::size_t slash = text.find('/');
  const auto index = core::parse_number<std::uint64_t>(text.substr(0, slash));
  const auto count = slash == std::string::npos
                         ? std::nullopt
                         : core::parse_number<std::uint64_t>(text.substr(slash + 1));
  if (!index || !count || *index < 1 || *index > *count) {
    return core::Error{"bad_usage", "--shard: '" + text +
                                        "' is not a shard; expected I/N with I from 1 "
                                        "to N, such as 1/4"};
  }
  shard = *index;
  shards = *count;
  return {};
}

void JudgeFlags::add_to(core::Flags& flags, std::string_view mode) {
  flags.text("scenarios", "DIR", "scenario files of your own, in place of the built-in ones",
             scenarios);
  flags.list("more-scenarios", "DIR", "scenario files of your own, beside the others",
             more_scenarios);
  flags.text(
      "filter", "GLOB[,GLOB…]",
      "only scenarios whose id fits, such as 'client/*crash*'; with a '!' in front: all others",
      filter);
  flags.add("shard", "I/N", "only the I-th of N parts of the run",
            [this](const std::string& text) { return read_shard(text, shard, shards); });
  flags.number("seed", "N", "in place of each scenario's own (0)", {.most = 1'000'000'000'000},
               seed);
  flags.number("repeat", "N", "play everything N times", {.most = 10'000}, repeat);
  flags.toggle("shuffle", "in random order", shuffle);
  flags.number("jobs", "N", "scenarios played at once (0: a suitable number)", {.most = 256}, jobs);
  flags.toggle("quick", "only the scenarios that most often find something", quick);
  flags.toggle("thorough", "also the scenarios that take minutes, or much memory", thorough);
  flags.toggle("fail-fast", "after the first failure, play no more", fail_fast);
  flags.choice("dialect", dialect_names(), "the vocabulary to use", dialect);
  reports.add_to(flags, std::string(mode));
  flags.text("known-failing", "FILE", "scenarios that fail for a known reason; stale ones fail",
             known_failing);
  project_flags.add_to(flags);
  refuse_flags_of_other_modes(flags, mode);
}

core::Result<void> JudgeFlags::apply_project(const core::Flags& flags,
                                             const std::vector<std::string>& arguments,
                                             const std::vector<std::string_view>& members) {
  using project::ProjectMember;
  auto use = project_flags.apply(flags, arguments, [&](const ProjectMember& member) {
    if (members.empty()) return member.of != ProjectMember::Of::kSimulator;
    return std::find(members.begin(), members.end(), member.name) != members.end();
  });
  if (!use) return use.error();
  project = *std::move(use);
  tell_project(project);
  return {};
}

core::Result<std::vector<Scenario>> JudgeFlags::load() const {
  return load_scenarios(scenarios, more_scenarios);
}

bool JudgeFlags::is_of_more(const Scenario& scenario) const {
  return std::any_of(more_scenarios.begin(), more_scenarios.end(), [&](const std::string& folder) {
    return scenario.file.starts_with(folder + (folder.ends_with('/') ? "" : "/"));
  });
}

core::Result<std::vector<std::string>> JudgeFlags::narrow(std::vector<Scenario>& all) const {
  if (quick && thorough) {
    return core::Error{"bad_usage", "--quick and --thorough are opposites; give one of them"};
  }
  std::vector<std::string> chosen;
  if (quick) {
    auto listed = quick_scenarios(scenarios);
    if (!listed) return core::Error{"bad_usage", listed.error().message};
    chosen = *std::move(listed);
  }
  const auto is_among = [](const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  const IdFilter ids = IdFilter::parse(filter);
  std::vector<std::string> left_out;
  std::erase_if(all, [&](const Scenario& scenario) {
    // Who names one wants it.
    if (is_among(ids.wanted, scenario.id)) return false;
    // Nobody has chosen among those of a project's own: they are few, and it wants them.
    const bool out = quick ? !is_among(chosen, scenario.id) && !is_of_more(scenario)
                           : scenario.thorough && !thorough;
    if (out) left_out.push_back(scenario.id);
    return out;
  });
  return left_out;
}

std::string JudgeFlags::rerun_flags() const {
  std::string text;
  if (dialect != "terapi") text += " --dialect " + dialect;
  if (!scenarios.empty()) text += " --scenarios " + scenarios;
  if (project_flags.none()) text += " --no-project";
  if (project.file) text += " --project " + core::shell_word(project.file->path());
  if (project.has("scenarios")) return text;  // the project file says so again
  for (const std::string& folder : more_scenarios)
    text += " --more-scenarios " + core::shell_word(folder);
  return text;
}

IdFilter IdFilter::parse(std::string_view text) {
  IdFilter filter;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string glob(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (glob.starts_with('!')) {
      filter.unwanted.push_back(glob.substr(1));
    } else if (!glob.empty()) {
      filter.wanted.push_back(std::move(glob));
    }
  }
  return filter;
}

bool IdFilter::takes(std::string_view id) const {
  const auto fits_id = [id](const std::string& glob) { return fits(glob, id); };
  return (wanted.empty() || std::any_of(wanted.begin(), wanted.end(), fits_id)) &&
         std::none_of(unwanted.begin(), unwanted.end(), fits_id);
}

std::vector<std::string> IdFilter::globs() const {
  std::vector<std::string> all = wanted;
  all.insert(all.end(), unwanted.begin(), unwanted.end());
  return all;
}

bool fits(std::string_view pattern, std::string_view text) {
  return core::glob_matches(pattern, text, core::GlobStyle::kFileName);
}

}  // namespace terapi::conformance
