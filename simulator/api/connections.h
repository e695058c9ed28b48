// /connections (SYNC-2, SYNC-6, HOOK-13): who is connected, with the user's metadata. Never a
// credential in a list. Handlers; thread rule: the simulator's thread.
#pragma once

#include "simulator/api/public_call.h"

namespace terapi::simulator {

PublicResult get_connections(PublicCall& call);
PublicResult post_connection(PublicCall& call);
PublicResult get_connection(PublicCall& call);
PublicResult patch_connection(PublicCall& call);
PublicResult delete_connection(PublicCall& call);
// The metadata of one or several connections: set, and merged.
PublicResult post_metadata(PublicCall& call);
PublicResult patch_metadata(PublicCall& call);

}  // namespace terapi::simulator
