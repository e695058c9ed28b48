// /integrations (SYNC-1, SYNC-6): the integrations and their endpoints: syncs, which can be enabled
// here, and actions. Handlers; thread rule: the simulator's thread.
#pragma once

#include <string>

#include "core/json_writer.h"
#include "simulator/api/public_call.h"

namespace terapi::simulator {

PublicResult get_integrations(PublicCall& call);
PublicResult post_integration(PublicCall& call);
PublicResult get_integration(PublicCall& call);
PublicResult patch_integration(PublicCall& call);
PublicResult delete_integration(PublicCall& call);

// The endpoints of an integration, as an array: its syncs, those of its provider's templates that
// it does not use yet, and the actions of these templates.
void write_endpoints(core::json::Writer& out, const State& state, const Integration& integration);

}  // namespace terapi::simulator
