#include "conformance/program/explore_flags.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <utility>

#include "conformance/contract/stream_asked.h"
#include "conformance/harness/explore/explore_server.h"
#include "conformance/harness/explore/server_draw.h"
#include "conformance/harness/play/first_look.h"
#include "conformance/program/jobs.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/judge_run.h"
#include "core/nearest.h"
#include "core/parse_number.h"
#include "core/shell_word.h"

namespace terapi::conformance {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration kUsualBudget = 10s;
constexpr std::uint64_t kSeedsForAMutant = 20'000;

// A try costs seconds over HTTP, so making a story smaller ends after this time.
constexpr core::Duration kToShrinkOverHttp = 2min;

std::function<Explored(const Scenario&)> over_http(const ProcessClientOptions& commands,
                                                   const Dialect& dialect) {
  return [commands, &dialect](const Scenario& scenario) {
    ClientStageOptions options;
    options.dialect = &dialect;
    options.seed = scenario.seed;
    options.world = scenario.given;
    options.client = scenario.plan.client;
    auto stage = ProcessClientStage::make(std::move(options), commands);
    if (stage) return explored_on(**stage, scenario);
    Explored explored;
    explored.verdict = Verdict::kError;
    explored.reason = stage.error().message;
    return explored;
  };
}

Explored at_url(const HttpServerStageOptions& options, const Scenario& story,
                const ServerPlayOptions& play) {
  auto stage = HttpServerStage::make(options);
  if (stage) return explored_on(**stage, story, play);
  Explored explored;
  explored.verdict = Verdict::kError;
  explored.reason = stage.error().message;
  return explored;
}

constexpr core::Flags::Bounds kSeeds = {1, 1'000'000'000'000};

bool read_seed(std::string_view text, std::uint64_t& seed) {
  seed = core::parse_number<std::uint64_t>(text).value_or(0);
  return seed >= kSeeds.least && seed <= kSeeds.most;
}

}  // namespace

core::Result<void> ExploreFlags::read_seeds(const std::string& text) {
  const std::size_t dots = text.find("..");
  const bool range = dots != std::string::npos;
  const bool good = read_seed(text.substr(0, dots), first) &&
                    read_seed(range ? text.substr(dots + 2) : text, last) && first <= last;
  asked_seeds_ = true;
  if (good) return {};
  return core::Error{
      "bad_usage",
      "--seeds: '" + text + "' is not a range of seeds; expected N or N..M, such as 1..10000"};
}

core::Result<void> ExploreFlags::add_mutants(const std::string& pattern) {
  std::vector<MutantToFind> all;
  if (server) {
    for (const ServerMutant& each : server_mutants()) {
      // By name it is looked for all the same.
      if (!each.beyond_chance.empty() && pattern != each.id) continue;
      all.push_back({each.id, each.defect, nullptr, &each});
    }
  } else {
    for (const ClientMutant& each : client_mutants()) {
      if (!each.beyond_chance.empty() && pattern != each.id) continue;
      all.push_back({each.id, each.defect, &each, nullptr});
    }
  }
  std::vector<std::string> ids;
  const std::size_t before = mutants.size();
  for (const MutantToFind& each : all) {
    ids.emplace_back(each.id);
    if (fits(pattern, each.id)) mutants.push_back(each);
  }
  if (mutants.size() > before) return {};
  return core::Error{"bad_usage", "--mutant: no mutant of a " +
                                      std::string(server ? "server" : "client") + " fits '" +
                                      pattern + "'" + core::suggestion(pattern, ids)};
}

void ExploreFlags::add_to(core::Flags& flags) {
  flags.add("seeds", "N..M", "these seeds, or a single one",
            [this](const std::string& text) { return read_seeds(text); });
  flags.duration("for", "TIME", "how long (10s, when no seeds are given)", {}, budget);
  flags.number("jobs", "N", "threads (0: as many as there are cores)", {.most = 256}, jobs);
  flags.text("save", "DIR", "keep what fails there, made small: DIR/explore/seed-N.json", save);
  reports.add_to(flags, "explore");
  flags.add("shard", "I/N", "only every N-th seed, from the I-th on",
            [this](const std::string& text) { return read_shard(text, shard, shards); });
  flags.choice("size", {"any", "small"},
               "small: two streams, 50 records, up to five faults (what is measured)", size);
  flags.choice("store", {"memory", "sqlite"},
               "where the client keeps its records; what fails is tried with both", store);
  flags.add("mutant", "GLOB", "how soon each of these clients with a known defect is found",
            [this](const std::string& text) {
              patterns_.push_back(text);
              return core::Result<void>();
            });
  flags.choice("dialect", dialect_names(), "the vocabulary to use", dialect);
  flags.toggle("server", "stories that judge a server: ours, or the one at --base-url", server);
  flags.text("base-url", "URL", "a server other than ours, over HTTP", stage.base_url);
  flags.text("control-url", "URL",
             "of its control API; without it, nothing is written, and the existing data is read",
             stage.control_url);
  flags.text("secret-key", "KEY", "of that server; also from TERAPI_SECRET_KEY", stage.secret_key);
  flags.text("stream", "STREAM", "INTEGRATION/CONNECTION/MODEL that is read without a control API",
             stream);
  flags.number("exhaustive", "N",
               "every way to place up to N faults in a scenario, in place of seeds", {.most = 4},
               exhaustive);
  flags.text("filter", "GLOB", "the scenario, or scenarios, that they are placed in", filter);
  flags.text("scenarios", "DIR", "scenario files of your own, in place of the built-in ones",
             scenarios);
  flags.text("run", "COMMAND", "a client other than ours, over HTTP and in real time",
             commands.run);
  flags.text("dump", "COMMAND", "prints what that client has stored", commands.dump);
  flags.number("seed", "N", "begin with this seed, in place of 1", kSeeds, first);
  refuse_flags_of_other_modes(flags, "explore");
}

core::Result<void> ExploreFlags::read(const std::vector<std::string>& arguments) {
  core::Flags flags;
  bool all_mutants = false;
  add_to(flags);
  flags.toggle("mutants", "all of them", all_mutants);
  flags.toggle("help", "this text", help);
  const auto rest = flags.parse(arguments);
  if (!rest) return rest.error();
  if (!rest->empty()) {
    return core::Error{"bad_usage", "explore takes no '" + rest->front() + "'"};
  }
  if (all_mutants) patterns_.emplace_back("*");
  for (const std::string& pattern : patterns_) {
    if (auto added = add_mutants(pattern); !added) return added;
  }
  play.draw.dialect = stage.dialect = find_dialect(dialect);
  if (play.draw.dialect != &terapi_dialect() && !mutants.empty()) {
    return core::Error{"bad_usage",
                       "--dialect: subjects with known defects speak the dialect 'terapi' only"};
  }
  if (auto checked = check_server(); !checked) return checked;
  if (commands.run.empty() && !commands.dump.empty()) {
    return core::Error{"bad_usage", "--dump belongs to the client that --run names"};
  }
  if (exhaustive > 0 && filter.empty()) {
    return core::Error{"bad_usage", "--exhaustive needs --filter, the scenario to try it in"};
  }
  if (exhaustive > 0 && (asked_seeds_ || first != 1 || size != "any" || !mutants.empty())) {
    return core::Error{"bad_usage",
                       "--seeds, --seed, --size and --mutant are for drawn schedules; --exhaustive "
                       "draws none"};
  }
  if (exhaustive == 0 && !(filter.empty() && scenarios.empty())) {
    return core::Error{"bad_usage",
                       "--filter and --scenarios go with --exhaustive: seeds have no "
                       "scenario"};
  }
  if (!commands.run.empty() && (exhaustive > 0 || !mutants.empty())) {
    return core::Error{"bad_usage", "--run goes with seeds, not with mutants or --exhaustive"};
  }
  play.draw.over_http = !commands.run.empty();
  play.draw.size = size == "small" ? DrawOptions::Size::kSmall : DrawOptions::Size::kAny;
  play.sqlite = store == "sqlite";
  if (exhaustive > 0) return {};
  if (asked_seeds_ || budget) return {};
  if (mutants.empty()) {
    budget = kUsualBudget;
  } else {
    last = first + kSeedsForAMutant - 1;
  }
  return {};
}

core::Result<void> ExploreFlags::check_server() {
  const auto refused = [](const char* why) { return core::Error{"bad_usage", why}; };
  if (!server) {
    if (stage.base_url.empty() && stage.control_url.empty() && stream.empty()) return {};
    return refused("--base-url, --control-url and --stream go with --server");
  }
  if (!commands.run.empty() || exhaustive > 0 || size != "any" || store != "memory") {
    return refused("--run, --exhaustive, --size and --store are for clients, not for --server");
  }
  if (stage.base_url.empty()) {
    if (stage.control_url.empty() && stream.empty()) return {};
    return refused("--control-url and --stream belong to the server that --base-url names");
  }
  if (!mutants.empty()) return refused("--mutants is for our own server, not for --base-url's");
  if (jobs > 1) return refused("--jobs: at --base-url stories are played one after the other");
  const char* key = std::getenv("TERAPI_SECRET_KEY");
  if (stage.secret_key.empty() && key != nullptr) stage.secret_key = key;
  if (stage.secret_key.empty()) {
    return refused("--secret-key is missing; expected the environment's secret key");
  }
  if (!stream.empty() && std::count(stream.begin(), stream.end(), '/') < 2) {
    return core::Error{"bad_usage", "--stream: '" + stream +
                                        "' is not a stream; expected INTEGRATION/CONNECTION/MODEL, "
                                        "such as github/demo/Issue"};
  }
  return check_reached();
}

// A wrong key, or a connection that is not there, is no defect of the server.
core::Result<void> ExploreFlags::check_reached() const {
  const auto reached = HttpServerStage::make(stage);
  if (!reached) return core::Error{"bad_usage", reached.error().message};
  if (!only_reads()) return {};
  const auto looked = first_look(**reached, stream.empty() ? StreamAsked() : stream_asked(stream),
                                 {.stream_is_there = true});
  if (looked) return {};
  return core::Error{"bad_usage", redactor().redact(looked.error().message)};
}

std::string ExploreFlags::subject() const {
  if (!stage.base_url.empty()) return stage.base_url;
  if (server) return "terapi-simulator";
  return commands.run.empty() ? "reference client" : commands.run;
}

std::string_view ExploreFlags::mutant() const {
  if (play.mutant != nullptr) return play.mutant->id;
  return play.server_mutant != nullptr ? play.server_mutant->id : std::string_view();
}

ExploreFlags ExploreFlags::for_mutant(const MutantToFind& mutant) const {
  ExploreFlags of_one = *this;
  of_one.play.mutant = mutant.client;
  of_one.play.server_mutant = mutant.server;
  return of_one;
}

DrawnSchedule ExploreFlags::draw(std::uint64_t seed) const {
  if (!server) return draw_schedule(seed, play.draw);
  return {draw_server_story(seed, {.only_reads = only_reads(),
                                   .real_time = !stage.base_url.empty(),
                                   .dialect = play.draw.dialect}),
          {}};
}

std::string ExploreFlags::help_text() const {
  ExploreFlags fresh;
  core::Flags flags;
  fresh.add_to(flags);
  bool flag = false;
  flags.toggle("mutants", "all of them", flag);
  flags.toggle("help", "this text", flag);
  return "terapi-conformance explore [--seeds N..M | --for TIME] [--save DIR] [FLAGS]\n"
         "terapi-conformance explore --exhaustive N --filter SCENARIO [FLAGS]\n"
         "terapi-conformance explore --mutants [FLAGS]\n"
         "terapi-conformance explore --run 'COMMAND' [--dump 'COMMAND'] [FLAGS]\n"
         "terapi-conformance explore --server [--mutants] [FLAGS]\n"
         "terapi-conformance explore --server --base-url URL [--control-url URL] "
         "--secret-key KEY [FLAGS]\n\n"
         "Draws a world, events and faults from each seed, plays them against\n"
         "the reference client in virtual time, and checks all that must hold. What fails is made\n"
         "as small as it will go, and with --save kept as a scenario file.\n"
         "Ctrl-C ends it with the summary. docs/explore.md explains its output.\n"
         "Exit codes: 0 nothing was found, 1 something was, 2 wrong usage; with mutants: 0 each "
         "was\n"
         "found, 1 one was not.\n\n" +
         flags.help();
}

ExplorerOptions ExploreFlags::explorer() const {
  ExplorerOptions options;
  options.first = first;
  if (last > 0) options.last = last;
  options.stride = shards;
  options.offset = shard - 1;
  options.budget = budget;
  options.threads = jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
  options.play = play;
  if (server) options.draw = [this](std::uint64_t seed) { return draw(seed); };
  if (const ServerMutant* looked_for = play.server_mutant; looked_for != nullptr) {
    options.how = [looked_for](const Scenario& story) {
      return explore_server_mutant(story, *looked_for);
    };
  }
  if (!stage.base_url.empty()) {
    options.threads = 1;  // one story at a time, one request at a time
    options.how = server_at_url();
    return options;
  }
  if (commands.run.empty()) return options;
  // Schedules over HTTP mostly wait.
  if (jobs == 0) options.threads = kClientsAtOnce;
  options.how = over_http(commands, *play.draw.dialect);
  return options;
}

std::function<Explored(const Scenario&)> ExploreFlags::server_at_url() const {
  ServerPlayOptions play_options;
  play_options.read_only = only_reads();
  if (!stream.empty()) play_options.stream = stream_asked(stream);
  play_options.told = false;
  return [options = stage, play_options](const Scenario& story) {
    return at_url(options, story, play_options);
  };
}

std::string ExploreFlags::again(std::uint64_t seed) const {
  std::string line = "terapi-conformance explore ";
  if (server) line += "--server ";
  line += "--seeds " + std::to_string(seed);
  if (!stage.base_url.empty()) line += " --base-url " + core::shell_word(stage.base_url);
  if (!stage.control_url.empty()) line += " --control-url " + core::shell_word(stage.control_url);
  if (!stream.empty()) line += " --stream " + core::shell_word(stream);
  if (!commands.run.empty()) line += " --run " + core::shell_word(commands.run);
  if (!commands.dump.empty()) line += " --dump " + core::shell_word(commands.dump);
  if (size != "any") line += " --size " + size;
  if (dialect != terapi_dialect().name) line += " --dialect " + dialect;
  if (!mutant().empty()) line += " --mutant " + std::string(mutant());
  return line;
}

KeptSchedule ExploreFlags::keep(const DrawnSchedule& drawn, const FoundFailure& failure,
                                const std::string& name) const {
  KeepOptions options;
  options.play = play;
  options.stop = stop;
  options.name = !name.empty()       ? name
                 : !mutant().empty() ? std::string(mutant())
                                     : std::string(server ? "server-seed-" : "seed-") +
                                           std::to_string(failure.seed);
  options.again = name.empty() ? again(failure.seed)
                               : "terapi-conformance explore --exhaustive " +
                                     std::to_string(exhaustive) + " --filter " + drawn.scenario.id;
  if (!commands.run.empty()) {
    options.how = over_http(commands, *play.draw.dialect);
    options.budget = kToShrinkOverHttp;
  }
  if (!stage.base_url.empty()) {
    options.how = server_at_url();
    options.budget = kToShrinkOverHttp;
  }
  if (play.mutant != nullptr) options.title = std::string(play.mutant->defect);
  if (play.server_mutant != nullptr) options.title = std::string(play.server_mutant->defect);
  KeptSchedule kept = keep_schedule(drawn.scenario, failure.finding, options);
  const Redactor without_key = redactor();
  for (std::string* text :
       {&kept.text, &kept.finding.what, &kept.finding.expected, &kept.finding.actual}) {
    *text = without_key.redact(*text);
  }
  return kept;
}

}  // namespace terapi::conformance
