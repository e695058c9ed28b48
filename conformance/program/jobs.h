// Jobs: what is to be played, for each kind of subject. They refer to the scenario and the flags,
// which have to outlive them. Pure functions.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "conformance/harness/mutants/client_mutant.h"
#include "conformance/harness/mutants/server_mutant.h"
#include "conformance/harness/play/server_play.h"
#include "conformance/harness/stage/http_server_stage.h"
#include "conformance/harness/stage/process_client_stage.h"
#include "conformance/harness/stage/vain_waits.h"
#include "conformance/laws/server_caller.h"
#include "conformance/program/judge_flags.h"
#include "conformance/program/judge_run.h"
#include "conformance/scenario/scenario.h"

namespace terapi::conformance {

// Scenarios over HTTP mostly wait; this many at once keep two cores busy, and no more.
inline constexpr std::size_t kClientsAtOnce = 8;

// A client that is a process. `learnt`: what the run's other scenarios show of it.
JudgeJob client_job_over_http(const Scenario& scenario, const JudgeFlags& flags,
                              const ProcessClientOptions& commands, const std::string& subject,
                              const std::shared_ptr<VainWaits>& learnt = nullptr);
// The reference client in virtual time, with a defect where `mutant` is given.
JudgeJob client_job_in_virtual_time(const Scenario& scenario, const JudgeFlags& flags,
                                    const ClientMutant* mutant = nullptr);

// A server by its URL; `world` is the name of the world in the results.
JudgeJob server_job(const Scenario& scenario, const JudgeFlags& flags,
                    const HttpServerStageOptions& server, ServerPlayOptions options,
                    const std::string& world);
// The simulator in virtual time, with a defect where `mutant` is given.
JudgeJob server_job_in_virtual_time(const Scenario& scenario, const JudgeFlags& flags,
                                    const ServerMutant* mutant = nullptr);

// The simulator behind a right server that chooses otherwise (OtherwiseServer), by this seed. Of
// what passes no timeline is kept.
JudgeJob otherwise_job(const Scenario& scenario, const JudgeFlags& flags, std::uint64_t otherwise);

// Our own simulator and client: the scenario's subject, in that world.
JudgeJob reference_job(const Scenario& scenario, const JudgeFlags& flags, const std::string& world,
                       const ProcessClientOptions& commands);

// Our own client as a process.
ProcessClientOptions reference_commands();

// "github/demo/Issue" or "github/demo/Issue/v2".
StreamAsked stream_asked(const std::string& text);

// The result of a scenario that is not played.
ScenarioResult skipped(const Scenario& scenario, std::string reason);

}  // namespace terapi::conformance
