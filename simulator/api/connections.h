// /connections (SYNC-2, SYNC-6, HOOK-13): the connections and their metadata. Lists never hold
// credentials. Handlers; thread rule: the simulator's thread.
#pragma once

#include "simulator/api/public_call.h"

namespace terapi::simulator {

PublicResult get_connections(PublicCall& call);
PublicResult post_connection(PublicCall& call);
PublicResult get_connection(PublicCall& call);
PublicResult patch_connection(PublicCall& call);
PublicResult delete_connection(PublicCall& call);
// Set and merge the metadata of one or several connections.
PublicResult post_metadata(PublicCall& call);
PublicResult patch_metadata(PublicCall& call);

}  // namespace terapi::simulator
