// /proxy/… (WRITE-2): passes any request on to the connection's external API, and its answer back
// unchanged. A handler; thread rule: the simulator's thread.
#pragma once

#include "simulator/api/public_call.h"

namespace terapi::simulator {

PublicResult pass_to_proxy(PublicCall& call);

}  // namespace terapi::simulator
