#include "conformance/program/jobs.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <memory>
#include <utility>

#include "conformance/harness/play/play_scenario.h"
#include "conformance/harness/stage/virtual_client_stage.h"
#include "conformance/harness/stage/virtual_server_stage.h"
#include "conformance/program/scenario_set.h"
#include "core/shell_word.h"

namespace terapi::conformance {
namespace {

constexpr std::string_view kNeverSpeaks =
    "the client has never asked for anything, in the scenarios before: there is nothing to see";

// Why the scenario is not for this run; empty: it is.
std::string reason_to_skip(const Scenario& scenario, const JudgeFlags& flags, bool over_http) {
  if (!scenario.speaks(flags.dialect)) return scenario.why_not_in(flags.dialect);
  if (over_http && !scenario.over_http) return "not over HTTP: " + scenario.worlds_why;
  if (!over_http && !scenario.in_virtual) return "not in virtual time: " + scenario.worlds_why;
  return "";
}

std::uint64_t seed_of(const Scenario& scenario, const JudgeFlags& flags) {
  return flags.seed != 0 ? flags.seed : scenario.seed;
}

ScenarioResult played(const Scenario& scenario, core::Result<std::unique_ptr<ServerStage>> stage,
                      const ServerPlayOptions& options) {
  if (stage) return play_server(scenario, **stage, options);
  ScenarioResult result = skipped(scenario, stage.error().message);
  if (stage.error().code != "out_of_budget") result.verdict = Verdict::kError;
  return result;
}

ScenarioResult named(ScenarioResult result, const std::string& world, const std::string& subject) {
  result.world = world;
  result.subject = subject;
  return result;
}

}  // namespace

StreamAsked stream_asked(const std::string& text) {
  StreamAsked stream;
  std::vector<std::string*> parts = {&stream.integration, &stream.connection, &stream.model,
                                     &stream.variant};
  std::size_t begin = 0;
  for (std::string* part : parts) {
    if (begin > text.size()) break;
    const std::size_t end = std::min(text.find('/', begin), text.size());
    *part = text.substr(begin, end - begin);
    begin = end + 1;
  }
  return stream;
}

ScenarioResult skipped(const Scenario& scenario, std::string reason) {
  ScenarioResult result;
  result.scenario = scenario.id;
  result.title = scenario.title;
  result.why = scenario.why;
  result.clauses = scenario.clauses;
  result.verdict = Verdict::kSkip;
  result.reason = std::move(reason);
  return result;
}

namespace {

// Several scenarios are played at once, each in a thread with an arena of its own: what one has
// freed is of no use to the others.
void give_memory_back() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
}

}  // namespace

JudgeJob client_job_over_http(const Scenario& scenario, const JudgeFlags& flags,
                              const ProcessClientOptions& commands, const std::string& subject,
                              const std::shared_ptr<VainWaits>& learnt) {
  JudgeJob job{scenario.id, "http", nullptr, scenario.file};
  job.play = [&scenario, &flags, commands, subject, learnt] {
    std::string reason = reason_to_skip(scenario, flags, true);
    if (reason.empty() && learnt && learnt->never_speaks()) reason = std::string(kNeverSpeaks);
    if (!reason.empty()) return named(skipped(scenario, reason), "http", subject);
    ClientPlayOptions options;
    options.dialect = &flags.the_dialect();
    options.seed = flags.seed;
    options.sweep = few_moments();
    options.make_stage = [commands, learnt](ClientStageOptions stage) {
      stage.vain_waits = learnt;
      return ProcessClientStage::make(std::move(stage), commands);
    };
    ScenarioResult result = named(play_client(scenario, options), "http", subject);
    give_memory_back();
    return result;
  };
  return job;
}

JudgeJob client_job_in_virtual_time(const Scenario& scenario, const JudgeFlags& flags,
                                    const ClientMutant* mutant) {
  JudgeJob job{scenario.id, "virtual", nullptr, scenario.file};
  job.play = [&scenario, &flags, mutant] {
    const std::string subject = "reference client";
    const std::string reason = reason_to_skip(scenario, flags, false);
    if (!reason.empty()) return named(skipped(scenario, reason), "virtual", subject);
    ClientPlayOptions options;
    options.dialect = &flags.the_dialect();
    options.seed = flags.seed;
    options.sweep = every_moment();
    options.make_stage = [mutant](ClientStageOptions stage) {
      return core::Result<std::unique_ptr<ClientStage>>(
          std::make_unique<VirtualClientStage>(std::move(stage), mutant));
    };
    return named(play_client(scenario, options), "virtual", subject);
  };
  return job;
}

JudgeJob server_job(const Scenario& scenario, const JudgeFlags& flags,
                    const HttpServerStageOptions& server, ServerPlayOptions options,
                    const std::string& world) {
  JudgeJob job{scenario.id, world, nullptr, scenario.file, true};
  options.seed = flags.seed;
  job.play = [&scenario, &flags, server, options = std::move(options), world] {
    const std::string& subject = server.base_url;
    std::string reason = reason_to_skip(scenario, flags, true);
    // Nothing is asked of the server for what is not played.
    if (reason.empty() && options.read_only && !scenario.any_data) {
      reason = ServerPlay::kItWrites;
    }
    if (!reason.empty()) return named(skipped(scenario, reason), world, subject);
    auto stage = HttpServerStage::make(server);
    return named(played(scenario, std::move(stage), options), world, subject);
  };
  return job;
}

JudgeJob server_job_in_virtual_time(const Scenario& scenario, const JudgeFlags& flags,
                                    const ServerMutant* mutant) {
  JudgeJob job{scenario.id, "virtual", nullptr, scenario.file};
  job.play = [&scenario, &flags, mutant] {
    const std::string subject = "terapi-simulator";
    const std::string reason = reason_to_skip(scenario, flags, false);
    if (!reason.empty()) return named(skipped(scenario, reason), "virtual", subject);
    using Begins = VirtualServerStage::Begins;
    auto stage = VirtualServerStage::make(
        flags.the_dialect(), {seed_of(scenario, flags), mutant,
                              scenario.given.empty() ? Begins::kWithData : Begins::kEmpty});
    return named(played(scenario, std::move(stage), {.seed = flags.seed}), "virtual", subject);
  };
  return job;
}

JudgeJob otherwise_job(const Scenario& scenario, const JudgeFlags& flags, std::uint64_t otherwise) {
  JudgeJob job{scenario.id, "virtual", nullptr, scenario.file};
  job.play = [&scenario, &flags, otherwise] {
    const std::string subject = "terapi-simulator, otherwise " + std::to_string(otherwise);
    const std::string reason = reason_to_skip(scenario, flags, false);
    if (!reason.empty()) return named(skipped(scenario, reason), "virtual", subject);
    using Begins = VirtualServerStage::Begins;
    const auto play = [&](bool told) {
      auto stage = VirtualServerStage::make(
          flags.the_dialect(),
          {.seed = seed_of(scenario, flags),
           .begins = scenario.given.empty() ? Begins::kWithData : Begins::kEmpty,
           .otherwise = otherwise});
      return played(scenario, std::move(stage), {.seed = flags.seed, .told = told});
    };
    // Thousands of plays, of which few are worth telling.
    ScenarioResult result = play(false);
    if (result.verdict > Verdict::kSkip) result = play(true);
    if (result.verdict <= Verdict::kSkip) result.timeline.clear();
    result.rerun = "terapi-conformance reference --otherwise " + std::to_string(otherwise) +
                   flags.rerun_flags() + " --filter " + core::shell_word(scenario.id);
    return named(std::move(result), "virtual", subject);
  };
  return job;
}

// The program, on a virtual clock, started for this scenario alone.
JudgeJob simulator_job(const Scenario& scenario, const JudgeFlags& flags) {
  JudgeJob job{scenario.id, "http", nullptr, scenario.file};
  job.play = [&scenario, &flags] {
    const std::string subject = "terapi-simulator";
    const std::string reason = reason_to_skip(scenario, flags, true);
    if (!reason.empty()) return named(skipped(scenario, reason), "http", subject);
    HttpServerStageOptions options;
    options.dialect = &flags.the_dialect();
    auto stage = HttpServerStage::make_with_simulator(program_folder() + "/terapi-simulator",
                                                      std::move(options), seed_of(scenario, flags));
    return named(played(scenario, std::move(stage), {.seed = flags.seed}), "http", subject);
  };
  return job;
}

JudgeJob reference_job(const Scenario& scenario, const JudgeFlags& flags, const std::string& world,
                       const ProcessClientOptions& commands) {
  if (scenario.judges == Subject::kClient) {
    return world == "http" ? client_job_over_http(scenario, flags, commands, "terapi-sync")
                           : client_job_in_virtual_time(scenario, flags);
  }
  return world == "http" ? simulator_job(scenario, flags)
                         : server_job_in_virtual_time(scenario, flags);
}

ProcessClientOptions reference_commands() {
  const std::string program = core::shell_word(program_folder() + "/terapi-sync");
  return {.run = "exec " + program +
                 R"( run --base-url "$TERAPI_BASE_URL" --database "$TERAPI_STATE_DIR/sync.db")"
                 R"( --listen "127.0.0.1:$TERAPI_WEBHOOK_PORT" --poll "${TERAPI_POLL_MS}ms")"
                 R"( --limit "$TERAPI_LIMIT" --dialect "$TERAPI_DIALECT" --progress never)"
                 // Scenarios in which an answer never ends last as long as this.
                 R"( --timeout 8s)"
                 R"( $(printf ' --stream %s' $TERAPI_STREAMS))",
          .dump = "exec " + program + R"( dump --database "$TERAPI_STATE_DIR/sync.db")"};
}

}  // namespace terapi::conformance
