// /proxy/… (WRITE-2): passes any request on to the connection's external API, or to the host that
// Base-Url-Override names if that one is allowed, and its answer back unchanged. A handler; thread
// rule: the simulator's thread.
#pragma once

#include "simulator/api/public_call.h"

namespace terapi::simulator {

PublicResult pass_to_proxy(PublicCall& call);

}  // namespace terapi::simulator
