// The control API under /_simulator (docs/control-api.md): each group of calls is a file in this
// folder that adds its routes.
#pragma once

#include "simulator/control/control_call.h"
#include "simulator/parts/simulator_parts.h"

namespace terapi::simulator {

// True for the paths that the control API answers: /_simulator/… and /metrics.
bool is_control_path(std::string_view target);

// True for those whose answers are what it is about, keys included: the settings, and data as it
// is. From all other answers keys are taken out (AUTH-5).
bool shows_keys(std::string_view target);

// Who may call: loopback, except for pages of other sites in a browser and for what a proxy has
// forwarded; and, where a token is set, any caller that sends it. Nothing when the caller may.
std::optional<ApiError> refuse_caller(const core::Request& request,
                                      const std::string& control_token);

// Finds the call's handler and runs it; where there is none, replies with the error.
void route_control_call(const ControlRouter& router, const core::Request& request,
                        const Reply& reply);

// Those that ask no part of the simulator for anything.
void add_stateless_routes(ControlRouter& router);
void add_health_routes(ControlRouter& router);
void add_all_routes(ControlRouter& router, SimulatorParts& parts);
void add_clock_routes(ControlRouter& router, SimulatorParts& parts);
void add_delivery_routes(ControlRouter& router, SimulatorParts& parts);
void add_fault_routes(ControlRouter& router, SimulatorParts& parts);
void add_journal_routes(ControlRouter& router, SimulatorParts& parts);
void add_log_routes(ControlRouter& router, SimulatorParts& parts);
void add_page_routes(ControlRouter& router);
void add_run_routes(ControlRouter& router, SimulatorParts& parts);
void add_status_routes(ControlRouter& router, SimulatorParts& parts);
void add_sync_routes(ControlRouter& router, SimulatorParts& parts);
void add_truth_routes(ControlRouter& router, SimulatorParts& parts);
void add_upstream_routes(ControlRouter& router, SimulatorParts& parts);
void add_world_routes(ControlRouter& router, SimulatorParts& parts);

}  // namespace terapi::simulator
